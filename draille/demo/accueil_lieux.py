"""Les lieux du premier accueil fictif : ce qui est prévu (pur), puis l'annuaire qui s'ouvre."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from random import Random
from typing import Any

from draille.demo.communes import CommuneSource, chefs_lieux_de_canton, communes_du_departement
from draille.demo.mise_en_place import fiche_accueil, organisation_de
from draille.moteurs.annuaire import adaptateur as annuaire
from draille.moteurs.annuaire.calcul.ouverture import Plage
from draille.moteurs.annuaire.models import Point
from draille.moteurs.annuaire.registre import besoins
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Partenaire
from draille.socle.acces import Acces
from draille.socle.texte import JOURS

# De quoi ne pas poser tous les lieux d'une ville sur sa mairie : deux cents mètres, en degrés.
ECART_DEGRES = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class LieuPrevu:
    """Un lieu tel que le jeu le prévoit. `ouvre`, `ferme` : rangs de mois dans l'année (0 à 11).

    Position WGS 84 en degrés. `structure` : son code dans `demo_accueil.yaml`.
    """

    code: str
    nom: str
    structure: str
    nom_structure: str
    est_departement: bool
    commune: CommuneSource
    latitude: float | None
    longitude: float | None
    plages: tuple[Plage, ...]
    est_premier_accueil: bool
    ouvre: int = 0
    ferme: int | None = None
    reste: Mapping[str, Any]


def debut_de_l_annee(le: date) -> date:
    """Le premier jour de l'année d'accueil qui finit à `le`."""
    veille = date(le.year - 1, le.month, min(le.day, 28 if le.month == 2 else le.day))
    return veille + timedelta(days=1)


def jour_du_mois(*, debut: date, rang: int) -> date:
    """Le premier jour du mois de ce rang dans l'année (0 : le début de l'année)."""
    if rang == 0:
        return debut
    annee, mois = divmod(debut.month - 1 + rang, 12)
    return date(debut.year + annee, mois + 1, 1)


@cache
def lieux_prevus(departement: str) -> tuple[LieuPrevu, ...]:
    """Tous les lieux du jeu : ceux du fichier, puis les mairies des chefs-lieux de canton."""
    contenu = fiche_accueil(departement)
    communes = {c.code_insee: c for c in communes_du_departement(departement)}
    structures = {s["code"]: s for s in contenu["structures"]}
    lieux = [_lieu(ligne, contenu, structures, communes) for ligne in contenu["points"]]
    return (*lieux, *_mairies(departement, contenu))


def existe(lieu: LieuPrevu, *, debut: date, le: date) -> bool:
    """Vrai si le lieu est ouvert, dans l'année qui commence à `debut`, au jour `le`."""
    if jour_du_mois(debut=debut, rang=lieu.ouvre) > le:
        return False
    return lieu.ferme is None or le < jour_du_mois(debut=debut, rang=lieu.ferme)


def _lieu(
    ligne: dict[str, Any],
    contenu: dict[str, Any],
    structures: dict[str, dict[str, Any]],
    communes: dict[str, CommuneSource],
) -> LieuPrevu:
    commune, structure = communes[ligne["code_insee"]], structures[ligne["structure"]]
    nord, est = _position(commune, ligne["code"])
    return LieuPrevu(
        code=ligne["code"],
        nom=ligne["nom"],
        structure=ligne["structure"],
        nom_structure=structure["nom"],
        est_departement=structure.get("est_departement", False),
        commune=commune,
        latitude=nord,
        longitude=est,
        plages=_plages(contenu, ligne["semaine"], tuple(ligne.get("rangs", ()))),
        est_premier_accueil=ligne.get("premier_accueil", False),
        ouvre=ligne.get("ouvre", 0),
        ferme=ligne.get("ferme"),
        reste=ligne,
    )


def _mairies(departement: str, contenu: dict[str, Any]) -> Iterator[LieuPrevu]:
    reglage = contenu["mairies"]
    for rang, commune in enumerate(chefs_lieux_de_canton(departement)):
        semaine = reglage["semaines"].get(commune.code_insee, reglage["semaine"])
        # Une mairie garde sa vraie place ; y tenir un premier accueil est inventé.
        yield LieuPrevu(
            code=f"mairie_{commune.code_insee}",
            nom=f"Mairie, {commune.nom} (point d'accueil fictif)",
            structure=f"mairie_{commune.code_insee}",
            nom_structure=f"Mairie, {commune.nom}",
            est_departement=False,
            commune=commune,
            latitude=commune.latitude,
            longitude=commune.longitude,
            plages=_plages(contenu, semaine, ()),
            est_premier_accueil=True,
            ouvre=reglage["ouvre"][commune.code_insee],
            reste={
                "genre": "mairie",
                "adresse": "À la mairie",
                "telephone": f"{reglage['telephone']} {10 + rang}",
                "besoins": "tous",
            },
        )


def _position(commune: CommuneSource, code: str) -> tuple[float | None, float | None]:
    if commune.latitude is None or commune.longitude is None:
        return None, None
    alea = Random(code)
    nord, est = (alea.uniform(-ECART_DEGRES, ECART_DEGRES) for _ in range(2))
    return round(commune.latitude + nord, 5), round(commune.longitude + est, 5)


def _plages(
    contenu: dict[str, Any], semaine: str | list[list[str]], rangs: tuple[int, ...]
) -> tuple[Plage, ...]:
    lignes = contenu["semaines"][semaine] if isinstance(semaine, str) else semaine
    return tuple(
        Plage(
            jour=jour,
            le=None,
            rangs=rangs,
            heure_debut=time.fromisoformat(de),
            heure_fin=time.fromisoformat(a),
        )
        for jours, de, a in lignes
        for jour in _jours(jours)
    )


def _jours(dits: str) -> Sequence[int]:
    """« mardi » ou « lundi-vendredi » : les jours, de 1 (lundi) à 7."""
    bouts = [JOURS.index(jour) + 1 for jour in dits.split("-")]
    return range(bouts[0], bouts[-1] + 1)


# --- l'annuaire


def inscrire_les_partenaires(*, departement: str, par: Acces, le: date) -> None:
    """Les structures à qui l'on peut orienter. Rejoué, ne change rien."""
    for structure in fiche_accueil(departement)["structures"]:
        if "partenaire" not in structure:
            continue
        organisation = organisation_de(departement=departement, structure=structure["code"])
        if Partenaire.objects.filter(organisation=organisation).exists():
            continue
        lieu = next(x for x in lieux_prevus(departement) if x.structure == structure["code"])
        termes = partage.FichePartenaire(
            nom=structure["nom"],
            courriel=structure["partenaire"]["courriel"],
            telephone=lieu.reste["telephone"],
            besoins=tuple(structure["partenaire"]["besoins"]),
            est_fictif=True,
        )
        partage.inscrire_partenaire(fiche=termes, organisation=organisation, par=par, le=le)


def tenir_l_annuaire(
    *, departement: str, debut: date, fermetures: Sequence[Plage] = (), par: Acces, le: date
) -> int:
    """Inscrit ce qui ouvre et ferme ce qui ferme, au jour `le` ; rend le nombre de changements.

    `fermetures` : les jours à venir où nul ne reçoit, écrits sur les lieux qui ouvrent.
    """
    connus = dict(Point.objects.values_list("nom", "pk"))
    fermes = set(Point.objects.filter(fin__isnull=False).values_list("pk", flat=True))
    changes = 0
    for lieu in lieux_prevus(departement):
        ouvert = existe(lieu, debut=debut, le=le)
        if ouvert and lieu.nom not in connus:
            _ouvrir(lieu, fermetures, par, le)
            changes += 1
        elif not ouvert and lieu.nom in connus and connus[lieu.nom] not in fermes:
            annuaire.fermer_point(point_id=connus[lieu.nom], par=par, le=le)
            changes += 1
    return changes


def fermetures(*, du: date, au: date) -> tuple[Plage, ...]:
    """Une fermeture par jour, du lundi au vendredi, de [du, au)."""
    jours = [du + timedelta(days=n) for n in range((au - du).days)]
    return tuple(
        Plage(jour=None, le=jour, est_fermeture=True) for jour in jours if jour.isoweekday() < 6
    )


def fermer_au_public(*, departement: str, jours: Sequence[Plage], par: Acces, le: date) -> int:
    """Écrit ces fermetures sur chaque lieu ouvert du premier accueil ; rend leur nombre."""
    semaines = {x.nom: x.plages for x in lieux_prevus(departement) if x.est_premier_accueil}
    ouverts = Point.objects.filter(nom__in=semaines, fin__isnull=True).order_by("pk")
    for point in ouverts:
        annuaire.fixer_horaires(
            point_id=point.pk, plages=(*semaines[point.nom], *jours), par=par, le=le
        )
    return len(ouverts)


def confirmer_la_moitie(*, par: Acces, le: date) -> int:
    """La campagne de fraîcheur : un lieu sur deux répond au téléphone ; rend leur nombre."""
    appeles = list(Point.objects.filter(fin__isnull=True).order_by("pk"))[::2]
    for point in appeles:
        annuaire.confirmer(point_id=point.pk, moyen="téléphone", par=par, le=le)
    return len(appeles)


def _ouvrir(lieu: LieuPrevu, fermetures: Sequence[Plage], par: Acces, le: date) -> None:
    reste, commune = lieu.reste, lieu.commune
    servis = reste["besoins"]
    codes = tuple(b.code for b in besoins(le)) if servis == "tous" else tuple(servis)
    point = annuaire.inscrire_point(
        fiche=annuaire.FichePoint(
            nom=lieu.nom,
            structure=lieu.nom_structure,
            est_departement=lieu.est_departement,
            genre=reste.get("genre", Point.Genre.AUTRE),
            forme=reste.get("forme", Point.Forme.FIXE),
            adresse=reste["adresse"],
            code_postal=commune.codes_postaux[0] if commune.codes_postaux else "",
            code_insee=commune.code_insee,
            nom_commune=commune.nom,
            latitude=lieu.latitude,
            longitude=lieu.longitude,
            telephone=reste["telephone"],
            accessibilite="Entrée de plain-pied (donnée fictive)",
            langues=tuple(reste.get("langues", ("fr",))),
            besoins=codes,
            sur_rendez_vous=reste.get("sur_rendez_vous", False),
            est_premier_accueil=lieu.est_premier_accueil,
            est_fictif=True,
        ),
        par=par,
        le=le,
    )
    annuaire.fixer_horaires(point_id=point.pk, plages=(*lieu.plages, *fermetures), par=par, le=le)
