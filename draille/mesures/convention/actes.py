"""Inscrire une convention : ses textes signés, leurs lignes et leurs montants."""

from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from draille.mesures.convention import lectures, models, regles
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

ROLES = (Role.ADMINISTRATEUR, Role.PILOTE)
EXPORTENT = (Role.PILOTE, Role.CADRE)


@dataclass(frozen=True)
class SignerTexte:
    """Charge : le texte signé, et ce que chaque côté y engage en euros (nul : non publié)."""

    departement: str
    convention: str
    texte: str
    rang: int
    signe_le: date | None
    annee: int | None
    montant_etat: Decimal | None
    montant_departement: Decimal | None
    montant_autre: Decimal | None


@dataclass(frozen=True)
class InscrireLigne:
    """Charge : la ligne, son montant en euros (nul : non publié), les mesures qui l'exécutent."""

    departement: str
    convention: str
    texte: str
    ligne: str
    libelle: str
    nature: str
    montant: Decimal | None
    mesures: list[str]


@dataclass(frozen=True)
class ExporterListe:
    """Charge : la liste sortie en fichier, et combien de lignes ; `critere` ne nomme personne."""

    indicateur: str
    version: int
    critere: str
    lignes: int


ACTES = (
    ActeDeclare("convention.signer", 1, "Texte de convention signé", SignerTexte),
    ActeDeclare("convention.inscrire_ligne", 1, "Ligne de convention inscrite", InscrireLigne),
    ActeDeclare("convention.exporter", 1, "Liste d'actes exportée", ExporterListe),
)


@dataclass
class Bilan:
    """Ce qu'un chargement a fait : codes « convention/texte »."""

    inscrits: list[str] = field(default_factory=list)
    deja_la: list[str] = field(default_factory=list)
    a_venir: list[str] = field(default_factory=list)
    lignes: int = 0


@transaction.atomic
def tracer_export(*, charge: ExporterListe, par: Acces, le: date) -> None:
    """Écrit qu'une liste est sortie en fichier. Lève `Refus('acces.refuse')` hors pilote, cadre."""
    par.exiger(EXPORTENT, cle_ligne=None, action="exporter une liste d'actes")
    consigner(charge=charge, par=par, le=le, sujet=Sujet())


@transaction.atomic
def charger_convention(*, contenu: regles.Contenu, par: Acces, le: date) -> Bilan:
    """Inscrit les textes du fichier qui ne le sont pas encore ; recharger n'écrit rien.

    Un texte signé après `le` attend. Un texte inscrit ne se réécrit pas : lève
    `Refus('convention.texte_modifie')` si le fichier en donne un autre contenu,
    `Refus('convention.texte_disparu')` s'il n'y est plus, et `Refus('acces.refuse')` si l'agent
    n'est ni administrateur, ni pilote. La date de l'acte au journal est celle de la signature,
    ou `le` quand elle n'est pas publiée.
    """
    par.exiger(ROLES, cle_ligne=None, action="inscrire une convention")
    bilan = Bilan()
    connues = {c.code: c for c in lectures.conventions(departement=contenu.departement)}
    for code in connues.keys() - {c.code for c in contenu.conventions}:
        raise _disparu(code)
    inscription = Inscription(contenu=contenu, par=par, le=le, bilan=bilan)
    for rang, convention in enumerate(contenu.conventions):
        connue = connues.get(convention.code)
        if connue is not None:
            _verifier(connue, convention)
        inscription.convention(convention, connue, rang)
    return bilan


def _verifier(connue: regles.Convention, lue: regles.Convention) -> None:
    """Compare ce qui est inscrit au fichier, champ par champ, pour dire ce qui diffère."""
    lus = {t.code: t for t in lue.textes}
    _comparer(lue.code, "", connue, lue, sauf=("textes",))
    rangs = {t.rang: t.code for t in lue.textes}
    for texte in connue.textes:
        ou = f"{lue.code}/{texte.code}"
        if texte.saisi_le and rangs.get(texte.rang, texte.code) != texte.code:
            raise _rang_pris(ou, texte, rangs[texte.rang])
        if texte.code not in lus:
            if texte.saisi_le:
                continue
            raise _disparu(ou)
        _comparer(ou, "", texte, lus[texte.code], sauf=("lignes", "saisi_le"))
        lignes = {x.code: x for x in lus[texte.code].lignes}
        for ligne in texte.lignes:
            if ligne.code in lignes:
                _comparer(ou, f"ligne « {ligne.code} », ", ligne, lignes[ligne.code])
        if [x.code for x in texte.lignes] != list(lignes):
            raise _modifie(ou, "la liste des lignes")


def _comparer(ou: str, quoi: str, connu: object, lu: object, sauf: tuple[str, ...] = ()) -> None:
    for nom in vars(connu):
        if nom not in sauf and getattr(connu, nom) != getattr(lu, nom):
            raise _modifie(ou, f"{quoi}clé « {nom} »")


def _disparu(ou: str) -> Refus:
    return Refus(
        code="convention.texte_disparu",
        message=f"« {ou} » est inscrit et n'est plus dans le fichier. Remettez-le : un texte signé "
        "reste dans l'histoire.",
    )


def _rang_pris(ou: str, texte: regles.Texte, code: str) -> Refus:
    return Refus(
        code="convention.rang_pris",
        message=f"« {ou} » a été signé à l'écran au rang {texte.rang}, où le fichier met "
        f"« {code} ». Si c'est le même, donnez-lui ce code et ce contenu ; sinon, le rang suivant.",
    )


def _modifie(ou: str, quoi: str) -> Refus:
    return Refus(
        code="convention.texte_modifie",
        message=f"Le fichier change « {ou} » ({quoi}), déjà inscrit. Un texte signé ne se réécrit "
        "pas : remettez sa valeur, et ajoutez un avenant qui porte la nouvelle.",
    )


@dataclass
class Inscription:
    """Écrit les tables d'un contenu ; les sources et les financeurs n'y sont créés qu'une fois."""

    contenu: regles.Contenu
    par: Acces
    le: date
    bilan: Bilan
    _sources: dict[str, models.Source] = field(default_factory=dict)

    def convention(
        self, convention: regles.Convention, connue: regles.Convention | None, rang: int
    ) -> None:
        """Écrit les textes signés de cette convention qui ne sont pas encore inscrits."""
        deja = {t.code for t in connue.textes} if connue else set()
        nouveaux = []
        for texte in convention.textes:
            nom = f"{convention.code}/{texte.code}"
            if texte.code in deja:
                self.bilan.deja_la.append(nom)
            elif texte.signe_le is not None and texte.signe_le > self.le:
                self.bilan.a_venir.append(nom)
            else:
                nouveaux.append(texte)
                self.bilan.inscrits.append(nom)
        if nouveaux:
            cadre = self._cadre(convention, rang)
            for texte in nouveaux:
                self.texte(cadre, texte)

    def _cadre(self, convention: regles.Convention, rang: int) -> models.Cadre:
        parite = convention.parite
        cadre, _ = models.Cadre.objects.get_or_create(
            departement=self.contenu.departement,
            code=convention.code,
            defaults={
                "rang": rang,
                "genre": convention.genre,
                "titre": convention.titre,
                "debut": convention.debut,
                "fin": convention.fin,
                "parite_portee": parite.portee if parite else "",
                "part_max_etat": parite.part_max_etat if parite else None,
                **self._preuve(convention.preuve),
            },
        )
        return cadre

    def texte(self, cadre: models.Cadre, texte: regles.Texte) -> models.Texte:
        """Écrit ce texte, ses lignes et ses montants, et les lignes de journal qui les disent."""
        inscrit = models.Texte.objects.create(
            cadre=cadre,
            code=texte.code,
            rang=texte.rang,
            titre=texte.titre,
            bref=texte.bref,
            signe_le=texte.signe_le,
            annee=texte.annee,
            signataires=[asdict(s) for s in texte.signataires],
            hypotheses=asdict(texte.hypotheses),
            retirees=list(texte.retirees),
            saisi_le=texte.saisi_le,
            **self._preuve(texte.preuve),
        )
        self._signer(cadre, inscrit, texte)
        self._montants(inscrit, None, texte.financements)
        if texte.annonce:
            preuve = self._preuve(texte.annonce.preuve)
            for nature, nombre in texte.annonce.par_nature:
                models.Annonce.objects.create(texte=inscrit, nature=nature, nombre=nombre, **preuve)
        for rang, ligne in enumerate(texte.lignes):
            self._ligne(inscrit, ligne, rang)
        return inscrit

    def _signer(self, cadre: models.Cadre, inscrit: models.Texte, texte: regles.Texte) -> None:
        montants = texte.financements
        cotes = {c: [m.valeur for m in montants if m.financeur.cote is c] for c in regles.Cote}
        etat, departement, autre = (
            sum(cotes[c], Decimal(0)) if cotes[c] else None
            for c in (regles.Cote.ETAT, regles.Cote.DEPARTEMENT, regles.Cote.AUTRE)
        )
        consigner(
            charge=SignerTexte(
                departement=cadre.departement,
                convention=cadre.code,
                texte=texte.code,
                rang=texte.rang,
                signe_le=texte.signe_le,
                annee=texte.annee,
                montant_etat=etat,
                montant_departement=departement,
                montant_autre=autre,
            ),
            par=self.par,
            le=texte.signe_le or self.le,
            sujet=Sujet(objet_id=inscrit.pk),
        )

    def _ligne(self, texte: models.Texte, ligne: regles.Ligne, rang: int) -> None:
        inscrite = models.Ligne.objects.create(
            texte=texte,
            code=ligne.code,
            rang=rang,
            libelle=ligne.libelle,
            nature=ligne.nature,
            nature_est_deduite=ligne.nature_est_deduite,
            montant=ligne.montant,
            mesures=list(ligne.mesures),
            objet=ligne.objet,
            **self._preuve(ligne.preuve),
        )
        self._montants(texte, inscrite, ligne.repartition)
        for cible in ligne.cibles:
            valeurs = {n: v for n, v in vars(cible).items() if n != "preuve"}
            models.Cible.objects.create(ligne=inscrite, **valeurs, **self._preuve(cible.preuve))
        consigner(
            charge=InscrireLigne(
                departement=texte.cadre.departement,
                convention=texte.cadre.code,
                texte=texte.code,
                ligne=ligne.code,
                libelle=ligne.libelle,
                nature=str(ligne.nature),
                montant=ligne.montant,
                mesures=list(ligne.mesures),
            ),
            par=self.par,
            le=texte.signe_le or self.le,
            sujet=Sujet(objet_id=inscrite.pk),
        )
        self.bilan.lignes += 1

    def _montants(
        self, texte: models.Texte, ligne: models.Ligne | None, montants: tuple[regles.Montant, ...]
    ) -> None:
        rangs = {f.code: i for i, f in enumerate(self.contenu.financeurs)}
        for montant in montants:
            financeur, _ = models.Financeur.objects.get_or_create(
                departement=self.contenu.departement,
                code=montant.financeur.code,
                defaults={
                    "nom": montant.financeur.nom,
                    "cote": montant.financeur.cote,
                    "rang": rangs[montant.financeur.code],
                },
            )
            models.Financement.objects.create(
                texte=texte,
                ligne=ligne,
                financeur=financeur,
                annee=texte.annee,
                montant=montant.valeur,
                **self._preuve(montant.preuve),
            )

    def _preuve(self, preuve: regles.Preuve) -> dict[str, object]:
        source = self._sources.get(preuve.source.code)
        if source is None:
            champs = {n: v for n, v in vars(preuve.source).items() if n != "code"}
            source, _ = models.Source.objects.get_or_create(
                departement=self.contenu.departement, code=preuve.source.code, defaults=champs
            )
            self._sources[preuve.source.code] = source
        return {"phrase": preuve.phrase, "source": source}
