"""Inscrire un schéma, en dire la durée, le réviser. Rien ne s'y réécrit."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.mesures.schema_solidarites import lectures, models, regles
from draille.mesures.schema_solidarites.regles import Modification
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.socle.acces import Acces, Role
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

ROLES_CHARGER = (Role.ADMINISTRATEUR, Role.PILOTE)
ROLES_ECRIRE = (Role.PILOTE,)
PARAMETRE_DUREE = "schema_solidarites.duree_max"


@dataclass(frozen=True)
class AdopterVersion:
    """Charge : la version inscrite, sa date (nulle : non publiée), combien d'axes et d'actions."""

    departement: str
    schema: str
    rang: int
    titre: str
    adoptee_le: date | None
    deliberation: str
    motif: str
    axes: int
    actions: int


@dataclass(frozen=True)
class InscrireActionSchema:
    """Charge : l'action, son axe, qui l'y rattache, ce sur quoi elle repose (« genre code »)."""

    schema: str
    rang: int
    axe: str
    action: str
    libelle: str
    rattachement: str
    appuis: list[str]


@dataclass(frozen=True)
class DaterSchema:
    """Charge : les bornes du schéma, `fin` exclue, et la délibération qui les fixe."""

    schema: str
    debut: date
    fin: date
    deliberation: str


ACTES = (
    ActeDeclare("schema_solidarites.adopter", 1, "Version d'un schéma inscrite", AdopterVersion),
    ActeDeclare(
        "schema_solidarites.inscrire_action", 1, "Action d'un schéma inscrite", InscrireActionSchema
    ),
    ActeDeclare("schema_solidarites.dater", 1, "Durée d'un schéma fixée", DaterSchema),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaisieRevision:
    """Une révision saisie : quand et par quelle délibération, pourquoi, et ce qu'elle change."""

    adoptee_le: date
    deliberation: str
    motif: str
    modifications: tuple[Modification, ...]


@transaction.atomic
def charger_schema(*, contenu: regles.Schema, par: Acces, le: date) -> int:
    """Inscrit les versions du fichier qui ne le sont pas encore ; rend leur nombre.

    Recharger n'écrit rien. Une version adoptée après `le` attend. Lève
    `Refus('schema_solidarites.modifie')` si le fichier change une version inscrite,
    `Refus('schema_solidarites.duree')` s'il dure plus que la loi (CASF L312-4), `acces.refuse` si
    l'agent n'est ni administrateur, ni pilote.
    """
    par.exiger(ROLES_CHARGER, cle_ligne=None, action="inscrire un schéma")
    _verifier_duree(contenu.debut, contenu.fin)
    connu = lectures.schema(departement=contenu.departement, code=contenu.code)
    connues = connu.versions if connu else ()
    for inscrite, lue in zip(connues, contenu.versions, strict=False):
        if inscrite != lue:
            raise Refus(
                code="schema_solidarites.modifie",
                message=f"Le fichier change « {inscrite.titre} », déjà inscrit. Une version "
                "adoptée ne se réécrit pas : remettez-la, et ajoutez une révision.",
                base_legale=regles.BASE,
            )
    neuves = [
        v for v in contenu.versions[len(connues) :] if v.adoptee_le is None or v.adoptee_le <= le
    ]
    if neuves:
        schema = _cadre(contenu)
        for version in neuves:
            _inscrire(schema, version, par, le)
    return len(neuves)


@transaction.atomic
def reviser_schema(*, schema_id: int, saisie: SaisieRevision, par: Acces, le: date) -> int:
    """Ajoute une version au schéma, et rend son rang ; les précédentes ne changent pas.

    Lève `Refus('schema_solidarites.date')`, `Refus('schema_solidarites.revision')`,
    `Refus('schema_solidarites.inconnu')`, ou `acces.refuse` si l'agent n'est pas pilote.
    """
    par.exiger(ROLES_ECRIRE, cle_ligne=None, action="réviser le schéma")
    inscrit = _tenir(schema_id)
    lu = _relire(inscrit)
    regles.verifier_suite(schema=lu, adoptee_le=saisie.adoptee_le, le=le)
    derniere = lu.versions[-1]
    version = regles.Version(
        rang=derniere.rang + 1,
        titre=f"Révision du {saisie.adoptee_le:%d/%m/%Y}",
        adoptee_le=saisie.adoptee_le,
        deliberation=saisie.deliberation.strip(),
        motif=saisie.motif.strip(),
        axes=regles.reviser(version=derniere, modifications=saisie.modifications),
    )
    _inscrire(inscrit, version, par, le)
    return version.rang


@transaction.atomic
def dater_schema(
    *, schema_id: int, debut: date, fin: date, deliberation: str, par: Acces, le: date
) -> models.Schema:
    """Dit quand le schéma commence et finit (`fin` exclue), si rien ne le disait encore.

    Lève `Refus('schema_solidarites.duree')` au-delà de la durée légale (CASF L312-4),
    `Refus('schema_solidarites.deja_date')`, ou `acces.refuse` si l'agent n'est pas pilote.
    """
    par.exiger(ROLES_ECRIRE, cle_ligne=None, action="dater le schéma")
    inscrit = _tenir(schema_id)
    if inscrit.debut is not None:
        raise Refus(
            code="schema_solidarites.deja_date",
            message="La durée de ce schéma est déjà fixée. Elle ne se réécrit pas : un nouveau "
            "schéma lui succédera.",
            base_legale=regles.BASE,
        )
    _verifier_duree(debut, fin)
    inscrit.debut, inscrit.fin = debut, fin
    inscrit.duree_deliberation = deliberation.strip()
    inscrit.save(update_fields=["debut", "fin", "duree_deliberation"])
    charge = DaterSchema(inscrit.code, debut, fin, inscrit.duree_deliberation)
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=inscrit.pk))
    return inscrit


def _verifier_duree(debut: date | None, fin: date | None) -> None:
    if debut is not None:
        annees = registre_global().entier(PARAMETRE_DUREE, debut)
        regles.verifier_duree(debut=debut, fin=fin, annees=annees)


def _tenir(schema_id: int) -> models.Schema:
    inscrit = models.Schema.objects.select_for_update().filter(pk=schema_id).first()
    if inscrit is None:
        raise Refus(
            code="schema_solidarites.inconnu",
            message="Ce schéma n'est pas inscrit. Revenez à la page du schéma.",
        )
    return inscrit


def _relire(inscrit: models.Schema) -> regles.Schema:
    lu = lectures.schema(departement=inscrit.departement, code=inscrit.code)
    assert lu is not None, "le schéma que l'on tient est inscrit"
    return lu


def _cadre(contenu: regles.Schema) -> models.Schema:
    schema, _ = models.Schema.objects.get_or_create(
        departement=contenu.departement,
        code=contenu.code,
        defaults={
            "titre": contenu.titre,
            "debut": contenu.debut,
            "fin": contenu.fin,
            "mention": contenu.mention,
            **_preuve(contenu.preuve),
        },
    )
    return schema


def _inscrire(schema: models.Schema, version: regles.Version, par: Acces, le: date) -> None:
    inscrite = models.Version.objects.create(
        schema=schema,
        rang=version.rang,
        titre=version.titre,
        adoptee_le=version.adoptee_le,
        deliberation=version.deliberation,
        motif=version.motif,
    )
    quand = version.adoptee_le or le
    consigner(
        charge=AdopterVersion(
            departement=schema.departement,
            schema=schema.code,
            rang=version.rang,
            titre=version.titre,
            adoptee_le=version.adoptee_le,
            deliberation=version.deliberation,
            motif=version.motif,
            axes=len(version.axes),
            actions=len(version.actions),
        ),
        par=par,
        le=quand,
        sujet=Sujet(objet_id=inscrite.pk),
    )
    for rang, axe in enumerate(version.axes):
        inscrit = _axe(inscrite, axe, rang)
        for rang_action, action in enumerate(axe.actions):
            _action(inscrit, action, rang_action)
            charge = _dire(schema, version, axe, action)
            consigner(charge=charge, par=par, le=quand, sujet=Sujet(objet_id=inscrite.pk))


def _axe(version: models.Version, axe: regles.Axe, rang: int) -> models.Axe:
    inscrit = models.Axe.objects.create(
        version=version, rang=rang, code=axe.code, libelle=axe.libelle, **_preuve(axe.preuve)
    )
    models.Critere.objects.bulk_create(
        models.Critere(
            axe=inscrit, code=c.code, libelle=c.libelle, genre=c.appui.genre, appui=c.appui.code
        )
        for c in axe.criteres
    )
    return inscrit


def _action(axe: models.Axe, action: regles.Action, rang: int) -> None:
    inscrite = models.ActionSchema.objects.create(
        axe=axe,
        rang=rang,
        code=action.code,
        libelle=action.libelle,
        rattachement=action.rattachement,
        **_preuve(action.preuve),
    )
    models.Objectif.objects.bulk_create(
        models.Objectif(
            action=inscrite,
            code=o.code,
            libelle=o.libelle,
            genre=o.genre,
            valeur=o.valeur,
            valeur_max=o.valeur_max,
            unite=o.unite,
            annee_base=o.annee_base,
            echeance_annee=o.echeance_annee,
            **_preuve(o.preuve),
        )
        for o in action.objectifs
    )
    models.Engagement.objects.bulk_create(
        models.Engagement(
            action=inscrite,
            financeur=m.financeur,
            montant=m.valeur,
            convention=m.convention,
            **_preuve(m.preuve),
        )
        for m in action.montants
    )
    models.Appui.objects.bulk_create(
        models.Appui(action=inscrite, genre=a.genre, code=a.code, libelle=a.libelle)
        for a in action.appuis
    )


def _dire(
    schema: models.Schema, version: regles.Version, axe: regles.Axe, action: regles.Action
) -> InscrireActionSchema:
    return InscrireActionSchema(
        schema=schema.code,
        rang=version.rang,
        axe=axe.code,
        action=action.code,
        libelle=action.libelle,
        rattachement=str(action.rattachement),
        appuis=[f"{a.genre} {a.code}" for a in action.appuis],
    )


def _preuve(preuve: regles.Preuve | None) -> dict[str, str]:
    if preuve is None:
        return {}
    return {"phrase": preuve.phrase, "source": preuve.source, "datee": preuve.datee}
