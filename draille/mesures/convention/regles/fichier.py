"""Charger les fichiers d'un Département : `convention.yaml`, `rsa.yaml`, `departement.yaml`."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from draille.mesures.convention.regles.modele import (
    ActeBudgetaire,
    Annonce,
    Cible,
    Contenu,
    Convention,
    Cote,
    Departement,
    Effectif,
    Financeur,
    Genre,
    GenreCible,
    Hypotheses,
    Ligne,
    Montant,
    Nature,
    Portee,
    Preuve,
    RegleParite,
    Rsa,
    Signataire,
    Source,
    Texte,
)
from draille.mesures.convention.regles.noeud import ErreurFichier, Noeud, lire_racine

T = TypeVar("T")
SANS_OBJET = "sans objet"


def charger(*, texte: str, fichier: str) -> Contenu:
    """Lit un `convention.yaml`. Lève `ErreurFichier`, qui nomme le fichier, la ligne et la clé."""
    cles = lire_racine(texte=texte, fichier=fichier).groupe(
        requis=("departement", "sources", "financeurs", "conventions")
    )
    lecteur = _Lecteur(sources=_sources(cles["sources"]))
    financeurs = tuple(_financeur(n) for n in _uniques(cles["financeurs"], "code"))
    lecteur.financeurs = {f.code: f for f in financeurs}
    return Contenu(
        departement=cles["departement"].texte(),
        financeurs=financeurs,
        conventions=tuple(lecteur.convention(n) for n in _uniques(cles["conventions"], "code")),
    )


def charger_fichier(*, chemin: Path) -> Contenu:
    """Lit un `convention.yaml` sur le disque. Lève `ErreurFichier`."""
    return charger(texte=_lire(chemin), fichier=chemin.name)


def charger_rsa(*, chemin: Path) -> Rsa:
    """Lit un `rsa.yaml` sur le disque. Lève `ErreurFichier`."""
    cles = lire_racine(texte=_lire(chemin), fichier=chemin.name).groupe(
        requis=("departement", "sources", "budget", "beneficiaires")
    )
    lecteur = _Lecteur(sources=_sources(cles["sources"]))
    return Rsa(
        departement=cles["departement"].texte(),
        budget=tuple(lecteur.acte_budgetaire(n) for n in _uniques(cles["budget"], "code")),
        beneficiaires=tuple(
            sorted(
                (lecteur.effectif(n) for n in _uniques(cles["beneficiaires"], "a_la_date")),
                key=lambda e: e.a_la_date,
            )
        ),
    )


def charger_departement(*, chemin: Path) -> Departement:
    """Lit un `departement.yaml` sur le disque. Lève `ErreurFichier`."""
    cles = lire_racine(texte=_lire(chemin), fichier=chemin.name).groupe(
        requis=("code", "nom", "preposition", "locatif", "collectivite", "chef_lieu", "region"),
        admis=("fuseau",),
    )
    chef_lieu = cles["chef_lieu"].groupe(requis=("insee", "nom"))
    region = cles["region"].groupe(requis=("insee", "nom"))
    return Departement(
        code=cles["code"].texte(),
        nom=cles["nom"].texte(),
        preposition=cles["preposition"].texte(),
        locatif=cles["locatif"].texte(),
        collectivite=cles["collectivite"].texte(),
        chef_lieu_insee=chef_lieu["insee"].texte(),
        chef_lieu=chef_lieu["nom"].texte(),
        region_insee=region["insee"].texte(),
        region=region["nom"].texte(),
        fuseau=cles["fuseau"].texte() if "fuseau" in cles else "Europe/Paris",
    )


def dossier_du_departement(*, racine: Path, code: str) -> Path:
    """Le dossier `departements/<code>_…`. Lève `ErreurFichier` s'il n'y en a pas un et un seul."""
    trouves = sorted((racine / "departements").glob(f"{code}_*"))
    if len(trouves) != 1:
        connus = sorted(p.name for p in (racine / "departements").glob("*_*"))
        raise ErreurFichier(
            fichier=f"departements/{code}_…",
            ligne=1,
            cle="",
            message=f"{len(trouves)} dossier pour le Département « {code} », un seul est attendu. "
            f"Dossiers présents : {', '.join(connus) or 'aucun'}.",
        )
    return trouves[0]


def _lire(chemin: Path) -> str:
    try:
        return chemin.read_text(encoding="utf-8")
    except FileNotFoundError:
        message = "le fichier est introuvable."
    except UnicodeDecodeError:
        message = "le fichier n'est pas en UTF-8. Enregistrez-le dans cet encodage."
    raise ErreurFichier(fichier=chemin.name, ligne=1, cle="", message=message)


def _uniques(liste: Noeud, cle: str) -> list[Noeud]:
    """Les éléments, après avoir vérifié que `cle` n'y a jamais deux fois la même valeur."""
    elements, vus = list(liste.elements()), set()
    for element in elements:
        valeur = next((n for nom, n in element.entrees() if nom == cle), None)
        if valeur is not None and valeur.texte() in vus:
            raise valeur.faute(f"« {valeur.texte()} » est déjà pris dans cette liste.")
        if valeur is not None:
            vus.add(valeur.texte())
    return elements


def _sources(noeud: Noeud) -> dict[str, Source]:
    lues = {}
    for code, valeur in noeud.entrees():
        cles = valeur.groupe(requis=("titre", "datee", "publiee_le", "mise_a_jour_le"))
        lues[code] = Source(
            code=code,
            titre=cles["titre"].texte(),
            datee=cles["datee"].texte(),
            publiee_le=cles["publiee_le"].publie(Noeud.jour),
            mise_a_jour_le=cles["mise_a_jour_le"].publie(Noeud.jour),
        )
    return lues


def _financeur(noeud: Noeud) -> Financeur:
    cles = noeud.groupe(requis=("code", "nom", "cote"))
    return Financeur(cles["code"].texte(), cles["nom"].texte(), cles["cote"].choix(Cote))


class _Lecteur:
    """Lit les groupes qui citent une source ou un financeur du même fichier."""

    def __init__(self, *, sources: dict[str, Source]) -> None:
        self.sources = sources
        self.financeurs: dict[str, Financeur] = {}

    def convention(self, noeud: Noeud) -> Convention:
        cles = noeud.groupe(
            requis=("code", "genre", "titre", "debut", "fin", "parite", "preuve", "textes")
        )
        debut, fin = cles["debut"].publie(Noeud.jour), cles["fin"].publie(Noeud.jour)
        if debut and fin and fin <= debut:
            raise cles["fin"].faute(f"la fin ({fin}, exclue) doit suivre le début ({debut}).")
        textes = [self.texte(n) for n in _uniques(cles["textes"], "code")]
        _verifier_rangs(cles["textes"], textes)
        return Convention(
            code=cles["code"].texte(),
            genre=cles["genre"].choix(Genre),
            titre=cles["titre"].texte(),
            debut=debut,
            fin=fin,
            parite=_parite(cles["parite"]),
            preuve=self.preuve(cles["preuve"]),
            textes=tuple(textes),
        )

    def texte(self, noeud: Noeud) -> Texte:
        cles = noeud.groupe(
            requis=("code", "rang", "titre", "bref", "signe_le", "annee", "signataires", "preuve"),
            admis=("annonce", "financements", "lignes", "hypotheses", "retirees"),
        )
        lignes = (
            [self.ligne(n) for n in _uniques(cles["lignes"], "code")] if "lignes" in cles else []
        )
        return Texte(
            code=cles["code"].texte(),
            rang=cles["rang"].entier(),
            titre=cles["titre"].texte(),
            bref=cles["bref"].texte(),
            signe_le=cles["signe_le"].publie(Noeud.jour),
            annee=cles["annee"].publie(Noeud.entier),
            preuve=self.preuve(cles["preuve"]),
            signataires=tuple(_signataire(n) for n in cles["signataires"].elements()),
            annonce=self.annonce(cles["annonce"]) if "annonce" in cles else None,
            financements=self.montants(cles.get("financements")),
            lignes=tuple(lignes),
            hypotheses=_hypotheses(cles.get("hypotheses")),
            retirees=tuple(
                n.texte() for n in (cles["retirees"].elements() if "retirees" in cles else ())
            ),
        )

    def ligne(self, noeud: Noeud) -> Ligne:
        cles = noeud.groupe(
            requis=("code", "libelle", "nature", "montant", "mesures", "preuve"),
            admis=("nature_est_deduite", "repartition", "objet", "cibles"),
        )
        montant = cles["montant"].publie(Noeud.montant)
        repartition: tuple[Montant, ...] = ()
        if "repartition" in cles:
            repartition = cles["repartition"].publie(self.montants) or ()
            _verifier_repartition(cles["repartition"], montant, repartition)
        cibles = (
            [self.cible(n) for n in _uniques(cles["cibles"], "code")] if "cibles" in cles else []
        )
        deduite = cles.get("nature_est_deduite")
        return Ligne(
            code=cles["code"].texte(),
            libelle=cles["libelle"].texte(),
            nature=cles["nature"].choix(Nature),
            montant=montant,
            mesures=tuple(n.texte() for n in cles["mesures"].elements()),
            preuve=self.preuve(cles["preuve"]),
            objet=cles["objet"].texte() if "objet" in cles else "",
            nature_est_deduite=deduite.oui_ou_non() if deduite else False,
            repartition=repartition,
            cibles=tuple(cibles),
        )

    def cible(self, noeud: Noeud) -> Cible:
        cles = noeud.groupe(
            requis=("code", "libelle", "genre", "unite", "preuve"),
            admis=("valeur", "valeur_max", "annee_base", "echeance_annee"),
        )
        genre = cles["genre"].choix(GenreCible)
        attendues = _VALEURS_ATTENDUES[genre]
        for cle in ("valeur", "valeur_max"):
            if (cle in cles) != (cle in attendues):
                verbe = "attend" if cle in attendues else "n'admet pas"
                raise noeud.faute(f"une cible de genre « {genre} » {verbe} la clé « {cle} ».")
        valeur, valeur_max = (_option(cles.get(c), Noeud.decimal) for c in ("valeur", "valeur_max"))
        if valeur is not None and valeur_max is not None and valeur_max < valeur:
            raise cles["valeur_max"].faute(f"{valeur_max} est inférieur à {valeur}.")
        return Cible(
            code=cles["code"].texte(),
            libelle=cles["libelle"].texte(),
            genre=genre,
            valeur=valeur,
            unite=cles["unite"].texte(),
            preuve=self.preuve(cles["preuve"]),
            valeur_max=valeur_max,
            annee_base=_option(cles.get("annee_base"), Noeud.entier),
            echeance_annee=_option(cles.get("echeance_annee"), Noeud.entier),
        )

    def montants(self, noeud: Noeud | None) -> tuple[Montant, ...]:
        if noeud is None:
            return ()
        lus = []
        for element in _uniques(noeud, "financeur"):
            cles = element.groupe(requis=("financeur", "montant", "preuve"))
            code = cles["financeur"].texte()
            if code not in self.financeurs:
                connus = ", ".join(self.financeurs)
                raise cles["financeur"].faute(
                    f"« {code} » n'est pas un financeur. Connus : {connus}."
                )
            preuve = self.preuve(cles["preuve"])
            lus.append(Montant(self.financeurs[code], cles["montant"].montant(), preuve))
        return tuple(lus)

    def annonce(self, noeud: Noeud) -> Annonce:
        cles = noeud.groupe(requis=("preuve",), admis=tuple(Nature))
        par_nature = tuple((n, cles[n].entier()) for n in Nature if n in cles)
        return Annonce(par_nature=par_nature, preuve=self.preuve(cles["preuve"]))

    def preuve(self, noeud: Noeud) -> Preuve:
        cles = noeud.groupe(requis=("phrase", "source"))
        code = cles["source"].texte()
        if code not in self.sources:
            connues = ", ".join(self.sources)
            raise cles["source"].faute(f"« {code} » n'est pas une source. Connues : {connues}.")
        return Preuve(phrase=cles["phrase"].texte(), source=self.sources[code])

    def acte_budgetaire(self, noeud: Noeud) -> ActeBudgetaire:
        cles = noeud.groupe(requis=("code", "libelle", "annee", "vote", "montant", "preuve"))
        return ActeBudgetaire(
            code=cles["code"].texte(),
            libelle=cles["libelle"].texte(),
            annee=cles["annee"].entier(),
            vote=cles["vote"].publie(Noeud.texte),
            montant=cles["montant"].montant(),
            preuve=self.preuve(cles["preuve"]),
        )

    def effectif(self, noeud: Noeud) -> Effectif:
        cles = noeud.groupe(requis=("a_la_date", "libelle", "nombre", "preuve"))
        return Effectif(
            a_la_date=cles["a_la_date"].jour(),
            libelle=cles["libelle"].texte(),
            nombre=cles["nombre"].entier(),
            preuve=self.preuve(cles["preuve"]),
        )


_VALEURS_ATTENDUES = {
    GenreCible.MULTIPLICATEUR: ("valeur",),
    GenreCible.MAINTIEN: (),
    GenreCible.TAUX: ("valeur",),
    GenreCible.ABSOLU: ("valeur",),
    GenreCible.MOINS_DE: ("valeur",),
    GenreCible.AU_PLUS: ("valeur",),
    GenreCible.INTERVALLE: ("valeur", "valeur_max"),
}


def _option(noeud: Noeud | None, lecture: Callable[[Noeud], T]) -> T | None:
    return None if noeud is None else noeud.publie(lecture)


def _parite(noeud: Noeud) -> RegleParite | None:
    if noeud.brut.value == SANS_OBJET:
        return None
    cles = noeud.groupe(requis=("portee", "part_max_etat"))
    part = cles["part_max_etat"].decimal()
    if not 0 < part < 1:
        raise cles["part_max_etat"].faute(f"« {part} » : une part est entre 0 et 1, comme 0.50.")
    return RegleParite(portee=cles["portee"].choix(Portee), part_max_etat=part)


def _signataire(noeud: Noeud) -> Signataire:
    cles = noeud.groupe(requis=("fonction", "nom"))
    return Signataire(cles["fonction"].texte(), cles["nom"].publie(Noeud.texte))


def _hypotheses(noeud: Noeud | None) -> Hypotheses:
    if noeud is None:
        return Hypotheses()
    noms = ("ecart_des_montants", "ecart_du_nombre", "nature_des_lignes")
    cles = noeud.groupe(requis=(), admis=noms)
    return Hypotheses(**{nom: valeur.texte() for nom, valeur in cles.items()})


def _verifier_rangs(noeud: Noeud, textes: Iterable[Texte]) -> None:
    rangs = [t.rang for t in textes]
    if rangs != list(range(len(rangs))) or not rangs:
        raise noeud.faute(
            f"les rangs lus sont {rangs} ; écrivez les textes dans l'ordre, le texte initial au "
            "rang 0, puis les avenants 1, 2, 3…"
        )
    signes = [t.signe_le for t in textes if t.signe_le]
    if signes != sorted(signes):
        raise noeud.faute("un texte est signé avant celui qu'il modifie. Vérifiez les dates.")


def _verifier_repartition(noeud: Noeud, montant: object, repartition: tuple[Montant, ...]) -> None:
    somme = sum(m.valeur for m in repartition)
    if repartition and somme != montant:
        raise noeud.faute(
            f"les parts des financeurs font {somme} et la ligne {montant}. "
            "Corrigez l'une des deux, ou écrivez « non publié »."
        )
