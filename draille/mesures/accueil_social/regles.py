"""Les règles du premier accueil. Pures : ni Django, ni base, ni horloge.

Rien n'est obligatoire pour être reçu (document de référence du premier accueil social, janvier
2019). Ce qui est gardé d'une personne qui ne dit pas son nom tient dans des codes.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from statistics import median

from draille.socle.refus import Refus

ANONYME = "anonyme"
TAILLES = {"paroles": 600, "suite": 300, "note": 2000, "telephone": 20, "courriel": 254}
DITS = {
    "paroles": "Ce qu'elle demande",
    "suite": "Ce qui est convenu",
    "note": "La note",
    "telephone": "Le téléphone",
    "courriel": "Le courriel",
}

# Numéros nationaux gratuits, les mêmes pour tous : trouvée chez quelqu'un, la fiche ne dit pas
# pourquoi il est venu.
NUMEROS = (
    ("112", "Urgence, à toute heure"),
    ("115", "Pas d'endroit où dormir ce soir"),
    ("119", "Un enfant en danger"),
    ("3919", "Femmes victimes de violences : quelqu'un écoute"),
    ("3114", "Trop de souffrance, des idées de suicide"),
)
# Un besoin que la fiche ne nomme jamais : qui la lit à la maison n'est pas toujours bienveillant.
TUS = ("violences",)


def refus(code: str, message: str, base_legale: str = "") -> Refus:
    """Un refus de cette mesure."""
    return Refus(code=f"accueil_social.{code}", message=message, base_legale=base_legale)


def exiger_parmi(*, champ: str, valeur: str, connues: Collection[str]) -> str:
    """La valeur, si elle est connue. Lève `Refus('accueil_social.valeur_inconnue')`.

    Un code inconnu ne s'écrit jamais : un nom glissé à sa place non plus.
    """
    if valeur not in connues:
        raise refus(
            "valeur_inconnue",
            f"Une valeur de « {champ} » n'est plus proposée. Rouvrez la page et choisissez-la "
            "dans la liste.",
        )
    return valeur


def sans_double(codes: Iterable[str]) -> tuple[str, ...]:
    """Les codes dans l'ordre dit, chacun une fois."""
    return tuple(dict.fromkeys(codes))


def exiger_longueur(*, champ: str, texte: str) -> str:
    """Le texte sans ses bords. Lève `Refus('accueil_social.texte_trop_long')`."""
    texte = texte.strip()
    if len(texte) > TAILLES[champ]:
        raise refus(
            "texte_trop_long",
            f"{DITS[champ]} : {TAILLES[champ]} caractères au plus, il y en a {len(texte)}. "
            "Raccourcissez, rien n'est perdu.",
        )
    return texte


def exiger_courriel(texte: str) -> str:
    """Le courriel sans ses bords, ou vide. Lève `Refus('accueil_social.courriel_mal_ecrit')`."""
    texte = exiger_longueur(champ="courriel", texte=texte)
    avant, _, apres = texte.partition("@")
    if texte and not (avant and "." in apres and " " not in texte):
        raise refus(
            "courriel_mal_ecrit",
            "Le courriel n'est pas complet : il a la forme nom@exemple.fr. Corrigez-le.",
        )
    return texte


def exiger_suite(*, suite_le: date | None, le: date) -> None:
    """Lève `Refus('accueil_social.suite_passee')` si la suite est convenue avant l'accueil."""
    if suite_le is not None and suite_le < le:
        raise refus(
            "suite_passee",
            "La suite est convenue pour un jour déjà passé. Donnez une date à venir, ou aucune.",
        )


def exiger_nommee(*, nom: str, prenom: str) -> None:
    """Lève `Refus('accueil_social.nom_manquant')` si une personne nouvelle n'a ni nom ni prénom."""
    if not (nom.strip() or prenom.strip()):
        raise refus(
            "nom_manquant",
            "Écrivez au moins un nom ou un prénom. Si elle ne souhaite pas le dire, recevez-la "
            "sans son nom : rien ne l'oblige à le donner.",
            "Document de référence du premier accueil social inconditionnel, janvier 2019",
        )


def exiger_destination(*, a_partenaire: bool, a_lieu: bool) -> None:
    """Lève `Refus('accueil_social.destination_manquante')` si une orientation ne va nulle part."""
    if not (a_partenaire or a_lieu):
        raise refus(
            "destination_manquante",
            "Choisissez le partenaire ou le lieu vers qui vous orientez cette personne.",
        )


def exiger_accord(*, transmet: bool, forme: str) -> None:
    """Rien ne part sans l'accord de la personne. Lève `Refus('accueil_social.accord_manquant')`."""
    if transmet and not forme:
        raise refus(
            "accord_manquant",
            "Rien ne part chez un partenaire sans l'accord de la personne. Demandez-le-lui et "
            "dites comment elle l'a donné, ou orientez-la sans rien transmettre.",
            "RGPD articles 6 et 7 ; CNIL, délibération 2021-028",
        )


def delai_median(jours: Sequence[int]) -> int | None:
    """La médiane de ces délais, en jours entiers (arrondie vers le bas) ; nulle sans délai."""
    return int(median(jours)) if jours else None
