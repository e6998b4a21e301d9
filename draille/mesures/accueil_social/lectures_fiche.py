"""La fiche papier que l'on remet : où aller, quand, comment, et ce qui est convenu.

Elle ne porte pas le nom de la personne : perdue, elle ne dit rien de qui l'a reçue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.lectures_accueil import accueil
from draille.mesures.accueil_social.lectures_accueil_lieux import minutes_vers, situer
from draille.mesures.accueil_social.lectures_types import AccueilLu
from draille.mesures.accueil_social.models import Reponse
from draille.mesures.accueil_social.regles import NUMEROS, TUS
from draille.moteurs.annuaire import adaptateur_lectures as annuaire
from draille.moteurs.annuaire.models import Point
from draille.moteurs.annuaire.registre import libelle_besoin
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Orientation
from draille.moteurs.trajets.calcul import Temps
from draille.moteurs.trajets.calcul.temps import DITS
from draille.noyau.organisation.models import Organisation
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces
from draille.socle.pdf import composer
from draille.socle.texte import date_longue, date_moyenne, pluriel

GABARIT = Path(__file__).parent / "templates" / "accueil_social" / "fiche.typ"
# Au-delà, on ne propose pas d'y aller à pied ; en dixièmes de minute.
_A_PIED_MAX = 300
CHIFFRES = 10
_FAIT = {
    Reponse.Genre.INFORMATION: "Nous vous avons donné des informations.",
    Reponse.Genre.DROITS: "Nous avons regardé vos droits avec vous.",
    Reponse.Genre.AIDE_URGENCE: "Nous vous avons donné une aide d'urgence.",
    Reponse.Genre.FORMULAIRE: "Nous avons rempli un formulaire avec vous.",
    Reponse.Genre.RENDEZ_VOUS: "Nous avons pris un rendez-vous avec vous.",
}
# Ce que le partage sait transmettre, dit à la personne elle-même.
TRANSMIS = {
    "nom": "votre prénom et votre nom",
    "telephone": "votre numéro de téléphone",
    "courriel": "votre adresse de courriel",
    "commune": "votre commune",
    "besoins": "ce dont vous avez besoin",
    "message": "un message de notre part",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contenu:
    """Ce que dit la fiche, avant sa mise en page."""

    points: Sequence[int]
    commune_id: int | None
    lu: AccueilLu | None = None
    orientations: Sequence[Orientation] = ()


def composer_fiche(
    *,
    acces: Acces,
    le: date,
    accueil_id: int | None = None,
    points: Sequence[int] = (),
    commune_id: int | None = None,
) -> bytes:
    """Le PDF/UA de la fiche : d'un accueil (anonyme ou non), ou de quelques points de l'annuaire.

    `commune_id` : d'où l'on part, pour les minutes ; à défaut, la commune de l'accueil. Douze
    requêtes au plus. Lève `Refus` : `accueil_social.introuvable`, `acces.refuse`, `pdf.gabarit`.
    """
    if not ACCES["voir_annuaire"](acces):
        acces.exiger((), cle_ligne=None, action="remettre une fiche")
    contenu = (
        _Contenu(points=points, commune_id=commune_id)
        if accueil_id is None
        else _de_l_accueil(accueil_id, points, commune_id, acces)
    )
    return composer(
        gabarit=GABARIT,
        donnees=_donnees(contenu, le),
        instant=datetime.combine(le, time(12), tzinfo=UTC),
    )


def _de_l_accueil(
    accueil_id: int, points: Sequence[int], commune_id: int | None, acces: Acces
) -> _Contenu:
    lu = accueil(accueil_id=accueil_id, acces=acces)
    orientations = partage.de_l_accueil(origine_id=accueil_id, acces=acces)
    dits = [*points, *(r.point_id for r in lu.reponses), *(o.point_id for o in orientations)]
    return _Contenu(
        points=list(dict.fromkeys(i for i in dits if i is not None)),
        commune_id=commune_id or lu.accueil.commune_id or _commune_du_lieu(lu),
        lu=lu,
        orientations=orientations,
    )


def _commune_du_lieu(lu: AccueilLu) -> int | None:
    return lu.accueil.point.commune_id if lu.accueil.point is not None else None


def _donnees(contenu: _Contenu, le: date) -> dict[str, Any]:
    """Les données du gabarit, toutes en texte."""
    recue_a = contenu.lu.accueil.point_id if contenu.lu is not None else None
    connus = annuaire.par_identifiant(
        ids=[*contenu.points, *([recue_a] if recue_a is not None else [])], le=le
    )
    choisis = [connus[i] for i in contenu.points if i in connus]
    departement = Organisation.objects.filter(est_departement=True).first()
    return {
        "titre": "Où aller, et ce qui est convenu",
        "departement": departement.nom if departement else "",
        "le": f"Fiche remise le {date_longue(le)}.",
        "lieux": _lieux(choisis, contenu.commune_id, le),
        "convenu": _convenu(contenu),
        "accords": _accords(contenu.orientations),
        "contact": _contact(connus.get(recue_a or 0)),
        "urgences": [list(numero) for numero in NUMEROS],
    }


def _lieux(points: Sequence[Point], commune_id: int | None, le: date) -> list[dict[str, Any]]:
    en_voiture = minutes_vers(commune_id=commune_id, points=points, le=le)
    a_pied = minutes_vers(commune_id=commune_id, points=points, le=le, mode="pied")
    depart = Commune.objects.filter(pk=commune_id or 0).first()
    return [
        {
            "nom": p.nom,
            "adresse": _adresse(p),
            "trajets": _trajets(depart, en_voiture.get(p.pk), a_pied.get(p.pk)),
            "heures": _heures(p, le),
            "ouverture": situer(point=p, temps=None, le=le, heure=None).horaire_dit,
            "telephone": _numero(p.telephone),
            "acces": p.accessibilite,
            "rendez_vous": p.sur_rendez_vous,
        }
        for p in points
    ]


def _adresse(point: Point) -> list[str]:
    """L'adresse, une ligne par élément, sans les vides."""
    ville = f"{point.code_postal} {point.nom_commune}".strip()
    return [ligne for ligne in (point.adresse, point.complement_adresse, ville) if ligne]


def _trajets(depart: Commune | None, voiture: Temps | None, pied: Temps | None) -> list[str]:
    if depart is None:
        return []
    lignes = [f"Depuis {depart.nom} : {_minutes(voiture)}."] if voiture is not None else []
    if pied is not None and pied.minutes <= _A_PIED_MAX:
        lignes.append(f"Depuis la mairie : {_minutes(pied)}.")
    return lignes


def _minutes(temps: Temps) -> str:
    """« environ 33 minutes en voiture (entre 27 et 44) » : la bande de `Temps`, sans abrégé."""
    milieu, bas, haut = (temps.minutes + 5) // 10, temps.bas // 10, -(-temps.haut // 10)
    return f"environ {pluriel(milieu, 'minute')} {DITS[temps.mode]} (entre {bas} et {haut})"


def _numero(telephone: str) -> str:
    """« 04 71 00 00 00 » : par deux chiffres, pour se lire et se recopier ; sinon tel quel."""
    chiffres = telephone.replace(" ", "").replace(".", "")
    if len(chiffres) != CHIFFRES or not chiffres.isdecimal():
        return telephone
    return "\u00a0".join(chiffres[i : i + 2] for i in range(0, CHIFFRES, 2))


def _heures(point: Point, le: date) -> list[list[str]]:
    """Les jours ouverts et leurs heures ; vide quand on ne les connaît pas."""
    semaine = annuaire.semaine_de(point=point, le=le)
    if not semaine.est_connue:
        return []
    jours = [[j.nom.capitalize(), j.phrase] for j in semaine.jours if j.heures]
    return [*jours, *([date_moyenne(jour), dit] for jour, dit in semaine.exceptions)]


def _convenu(contenu: _Contenu) -> list[str]:
    """Ce qui a été fait et ce qui vient, en phrases simples."""
    if contenu.lu is None:
        return []
    genres = {r.genre for r in contenu.lu.reponses}
    phrases = [phrase for genre, phrase in _FAIT.items() if genre in genres]
    phrases += [
        f"Nous avons demandé à {o.destination} de vous recevoir{_pour(o.besoins)}."
        if o.transmis is not None
        else f"Nous vous proposons d'aller voir {o.destination}{_pour(o.besoins)}."
        for o in contenu.orientations
    ]
    lu = contenu.lu.accueil
    if lu.suite:
        phrases.append(f"Convenu avec vous : {lu.suite.rstrip('.')}.")
    if lu.suite_le is not None:
        phrases.append(f"Pour le {date_longue(lu.suite_le)}.")
    return phrases


def _pour(besoins: Sequence[str]) -> str:
    dits = ", ".join(libelle_besoin(b).lower() for b in besoins if b not in TUS)
    return f" ({dits})" if dits else ""


def _accords(orientations: Sequence[Orientation]) -> list[str]:
    """Ce qui est parti chez qui, avec l'accord de la personne, et comment revenir dessus."""
    phrases = []
    for o in orientations:
        if o.consentement is None or o.transmis is None:
            continue
        choses = ", ".join(TRANSMIS[p] for p in o.consentement.portee)
        phrases.append(
            f"Avec votre accord, nous avons transmis à {o.destination} : {choses}. "
            "Vous pouvez changer d'avis à tout moment : dites-le-nous, et il ne verra plus rien."
        )
    return phrases


def _contact(point: Point | None) -> list[str]:
    """Qui rappeler : le lieu où l'on a été reçu."""
    if point is None:
        return []
    return [t for t in (point.nom, _numero(point.telephone)) if t]
