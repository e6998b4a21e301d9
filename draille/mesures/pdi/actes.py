"""Inscrire un programme, puis ce que l'assemblée en décide : adopter, reconduire, adapter."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from draille.ecrans.arbre import Appui
from draille.mesures.pdi import lectures, models, regles
from draille.mesures.pdi.regles import BASE, GenreDeliberation
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.socle.acces import Acces, Role
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

ROLES_CHARGER = (Role.ADMINISTRATEUR, Role.PILOTE)
ROLES_ECRIRE = (Role.PILOTE,)
PARAMETRE_BORNE = "pdi.deliberation_avant"


@dataclass(frozen=True)
class InscrireProgramme:
    """Charge : le programme, ses bornes (`fin` exclue), combien d'axes et d'actions."""

    departement: str
    programme: str
    titre: str
    debut: date
    fin: date
    axes: int
    actions: int


@dataclass(frozen=True)
class AttendreDeliberation:
    """Charge : l'année où l'assemblée doit délibérer, et le dernier jour à temps."""

    programme: str
    annee: int
    avant_le: date


@dataclass(frozen=True)
class AdopterProgramme:
    """Charge : la délibération qui adopte le programme."""

    programme: str
    annee: int
    reference: str


@dataclass(frozen=True)
class DelibererProgramme:
    """Charge : la délibération d'une année qui ne change rien."""

    programme: str
    annee: int
    reference: str


@dataclass(frozen=True)
class AdapterProgramme:
    """Charge : la délibération d'une année, et les actions (codes) qu'elle ajoute et retire."""

    programme: str
    annee: int
    reference: str
    ajoutees: list[str]
    retirees: list[str]


ACTES = (
    ActeDeclare("pdi.inscrire", 1, "Programme d'insertion inscrit", InscrireProgramme),
    ActeDeclare("pdi.attendre", 1, "Délibération annuelle du PDI attendue", AttendreDeliberation),
    ActeDeclare("pdi.adopter", 1, "PDI adopté", AdopterProgramme),
    ActeDeclare("pdi.deliberer", 1, "PDI reconduit", DelibererProgramme),
    ActeDeclare("pdi.adapter", 1, "PDI adapté", AdapterProgramme),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaisieDeliberation:
    """Une délibération saisie : son jour, sa référence, un mot."""

    deliberee_le: date
    reference: str
    note: str = ""


@transaction.atomic
def charger_pdi(*, contenu: regles.Programme, par: Acces, le: date) -> bool:
    """Inscrit le programme du fichier et ouvre ses délibérations annuelles ; vrai s'il est neuf.

    Recharger n'écrit rien. Lève `Refus('pdi.modifie')` si le fichier change ce qui est inscrit,
    `acces.refuse` si l'agent n'est ni administrateur, ni pilote.
    """
    par.exiger(ROLES_CHARGER, cle_ligne=None, action="inscrire un programme d'insertion")
    connu = lectures.programme(departement=contenu.departement, code=contenu.code, le=le)
    if connu is not None:
        if _tel_qu_inscrit(connu.programme) != contenu:
            raise Refus(
                code="pdi.modifie",
                message=f"Le fichier change « {connu.programme.titre} », déjà inscrit. "
                "Remettez-le : un programme s'adapte par une délibération.",
                base_legale=BASE,
            )
        return False
    programme = _inscrire(contenu)
    charge = InscrireProgramme(
        departement=contenu.departement,
        programme=contenu.code,
        titre=contenu.titre,
        debut=contenu.debut,
        fin=contenu.fin,
        axes=len(contenu.axes),
        actions=sum(len(x.actions) for x in contenu.axes),
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=programme.pk))
    for annee in regles.annees(debut=contenu.debut, fin=contenu.fin):
        _attendre(programme, annee, par, le)
    return True


@transaction.atomic
def adopter(
    *, programme_id: int, saisie: SaisieDeliberation, par: Acces, le: date
) -> models.Deliberation:
    """Inscrit la délibération qui adopte le programme ; elle vaut pour son année (CASF L263-1).

    Lève `Refus('pdi.deja_adopte')`, `Refus('pdi.date')`, `Refus('pdi.inconnu')`, ou `acces.refuse`
    si l'agent n'est pas pilote.
    """
    lu = _ouvrir(programme_id, saisie, par, le)
    if lu.adopte_le is not None:
        raise Refus(
            code="pdi.deja_adopte",
            message=f"Le programme a été adopté le {lu.adopte_le:%d/%m/%Y}. Dites plutôt qu'il "
            "continue, ou qu'il est adapté.",
            base_legale=BASE,
        )
    prise = _prendre(programme_id, GenreDeliberation.ADOPTION, saisie)
    charge = AdopterProgramme(lu.programme.code, saisie.deliberee_le.year, prise.reference)
    consigner(charge=charge, par=par, le=saisie.deliberee_le, sujet=_sujet(prise))
    return prise


@transaction.atomic
def deliberer(
    *, programme_id: int, saisie: SaisieDeliberation, par: Acces, le: date
) -> models.Deliberation:
    """Inscrit la délibération d'une année qui reconduit le programme sans le changer.

    Lève `Refus('pdi.date')`, `Refus('pdi.hors_annees')`, `Refus('pdi.inconnu')`, ou `acces.refuse`
    si l'agent n'est pas pilote.
    """
    lu = _ouvrir(programme_id, saisie, par, le)
    prise = _prendre(programme_id, GenreDeliberation.RECONDUCTION, saisie)
    charge = DelibererProgramme(lu.programme.code, saisie.deliberee_le.year, prise.reference)
    consigner(charge=charge, par=par, le=saisie.deliberee_le, sujet=_sujet(prise))
    return prise


@transaction.atomic
def adapter(
    *,
    programme_id: int,
    saisie: SaisieDeliberation,
    ajouts: tuple[regles.Ajout, ...],
    retraits: tuple[str, ...],
    par: Acces,
    le: date,
) -> models.Deliberation:
    """Inscrit la délibération d'une année, et ce qu'elle change à compter de son jour.

    `retraits` : codes d'actions. Une action retirée prend sa fin, elle ne s'efface pas. Lève
    `Refus('pdi.adaptation')`, `Refus('pdi.date')`, `Refus('pdi.hors_annees')`,
    `Refus('pdi.inconnu')`, ou `acces.refuse` si l'agent n'est pas pilote.
    """
    lu = _ouvrir(programme_id, saisie, par, le)
    regles.verifier_adaptation(
        programme=lu.programme, ajouts=ajouts, retraits=retraits, le=saisie.deliberee_le
    )
    prise = _prendre(programme_id, GenreDeliberation.ADAPTATION, saisie)
    des_axes = models.ActionPdi.objects.filter(axe__programme_id=programme_id)
    des_axes.filter(code__in=retraits, fin__isnull=True).update(fin=saisie.deliberee_le)
    axes = {x.code: x for x in models.AxePdi.objects.filter(programme_id=programme_id)}
    rang = des_axes.count()
    for place, ajout in enumerate(ajouts):
        ajoutee = models.ActionPdi.objects.create(
            axe=axes[ajout.axe],
            rang=rang + place,
            code=regles.code_action(ajout.libelle),
            libelle=ajout.libelle.strip(),
            debut=saisie.deliberee_le,
            ajoutee_par=prise,
        )
        _appuyer(ajoutee, ajout.appuis)
    charge = AdapterProgramme(
        programme=lu.programme.code,
        annee=saisie.deliberee_le.year,
        reference=prise.reference,
        ajoutees=[regles.code_action(a.libelle) for a in ajouts],
        retirees=list(retraits),
    )
    consigner(charge=charge, par=par, le=saisie.deliberee_le, sujet=_sujet(prise))
    return prise


def _ouvrir(
    programme_id: int, saisie: SaisieDeliberation, par: Acces, le: date
) -> lectures.ProgrammeLu:
    """Le programme, tenu jusqu'à la fin de l'acte, et la délibération vérifiée."""
    par.exiger(ROLES_ECRIRE, cle_ligne=None, action="inscrire une délibération du PDI")
    inscrit = models.Programme.objects.select_for_update().filter(pk=programme_id).first()
    if inscrit is None:
        raise Refus(
            code="pdi.inconnu",
            message="Ce programme n'est pas inscrit. Revenez à la page du PDI.",
        )
    lu = lectures.programme(departement=inscrit.departement, code=inscrit.code, le=date.max)
    assert lu is not None, "le programme que l'on tient est inscrit"
    derniere = max((d.deliberee_le for d in lu.deliberations), default=None)
    regles.verifier_date(
        programme=lu.programme, deliberee_le=saisie.deliberee_le, derniere=derniere, le=le
    )
    return lu


def _prendre(
    programme_id: int, genre: GenreDeliberation, saisie: SaisieDeliberation
) -> models.Deliberation:
    annuelle = models.DeliberationAnnuelle.objects.filter(
        programme_id=programme_id, annee=saisie.deliberee_le.year
    ).first()
    if annuelle is None and genre is not GenreDeliberation.ADOPTION:
        raise Refus(
            code="pdi.hors_annees",
            message="Le programme ne couvre pas encore cette année : seule son adoption peut la "
            "précéder.",
            base_legale=BASE,
        )
    return models.Deliberation.objects.create(
        programme_id=programme_id,
        annuelle=annuelle,
        genre=genre,
        deliberee_le=saisie.deliberee_le,
        reference=saisie.reference.strip(),
        note=saisie.note.strip(),
    )


def _sujet(prise: models.Deliberation) -> Sujet:
    # L'échéance se ferme par l'année qu'elle attend : c'est elle que la ligne nomme.
    return Sujet(objet_id=prise.annuelle_id)


def _attendre(programme: models.Programme, annee: int, par: Acces, le: date) -> None:
    borne = registre_global().texte(PARAMETRE_BORNE, date(annee, 1, 1))
    avant_le = regles.dernier_jour(annee=annee, borne=borne)
    annuelle = models.DeliberationAnnuelle.objects.create(
        programme=programme, annee=annee, avant_le=avant_le
    )
    charge = AttendreDeliberation(programme.code, annee, avant_le)
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=annuelle.pk))


def _inscrire(contenu: regles.Programme) -> models.Programme:
    programme = models.Programme.objects.create(
        departement=contenu.departement,
        code=contenu.code,
        titre=contenu.titre,
        debut=contenu.debut,
        fin=contenu.fin,
        mention=contenu.mention,
        **_preuve(contenu.preuve),
    )
    for rang, axe in enumerate(contenu.axes):
        inscrit = models.AxePdi.objects.create(
            programme=programme,
            rang=rang,
            code=axe.code,
            libelle=axe.libelle,
            **_preuve(axe.preuve),
        )
        for place, action in enumerate(axe.actions):
            inscrite = models.ActionPdi.objects.create(
                axe=inscrit,
                rang=place,
                code=action.code,
                libelle=action.libelle,
                debut=action.debut,
                **_preuve(action.preuve),
            )
            _appuyer(inscrite, action.appuis)
    return programme


def _appuyer(action: models.ActionPdi, appuis: tuple[Appui, ...]) -> None:
    models.AppuiPdi.objects.bulk_create(
        models.AppuiPdi(action=action, genre=a.genre, code=a.code, libelle=a.libelle)
        for a in appuis
    )


def _tel_qu_inscrit(programme: regles.Programme) -> regles.Programme:
    """Le programme du fichier : sans ce que des délibérations ont ajouté ni clos."""
    axes = tuple(
        replace(
            x,
            actions=tuple(replace(a, fin=None) for a in x.actions if not a.est_ajoutee),
        )
        for x in programme.axes
    )
    return replace(programme, axes=axes)


def _preuve(preuve: regles.Preuve | None) -> dict[str, str]:
    if preuve is None:
        return {}
    return {"phrase": preuve.phrase, "source": preuve.source, "datee": preuve.datee}
