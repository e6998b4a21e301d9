"""Dire en quoi les définitions d'un même résultat diffèrent, d'après ce qu'elles déclarent."""

from collections.abc import Sequence

from draille.moteurs.indicateurs.registre import Indicateur
from draille.noyau.journal import registre

_UNICITES = {
    "mois": "chaque personne compte une fois par mois",
    "premiere": "seule la première fois de chaque personne compte",
    "aucune": "chaque acte compte",
}


def reference(definitions: Sequence[Indicateur]) -> Indicateur | None:
    """La définition à laquelle les autres se comparent : la première qui rend un taux."""
    return next((d for d in definitions if d.numerateur and d.reponse == "par_objet"), None)


def difference(*, indicateur: Indicateur, repere: Indicateur | None) -> str:
    """Une phrase : ce qui sépare cette définition du repère."""
    if indicateur.numerateur and indicateur.reponse == "la_meme":
        return (
            f"La part de « {_actes(indicateur.numerateur)} » parmi : "
            f"{_actes(indicateur.denominateur)}. Sans horloge ; {_UNICITES[indicateur.unicite]}."
        )
    if repere is None or not indicateur.numerateur:
        return f"Un simple compte des actes « {_actes(indicateur.denominateur)} »."
    if indicateur == repere:
        return (
            f"Le repère : l'horloge part de « {_actes(repere.denominateur)} » et s'arrête à "
            f"« {_actes(repere.numerateur)} » ; {_UNICITES[repere.unicite]}."
        )
    ecarts = _ecarts(indicateur, repere)
    return f"Par rapport à {repere.code} : {' ; '.join(ecarts)}."


def _ecarts(indicateur: Indicateur, repere: Indicateur) -> list[str]:
    ecarts = []
    if indicateur.denominateur != repere.denominateur:
        ecarts.append(f"l'horloge part de « {_actes(indicateur.denominateur)} »")
    if indicateur.numerateur != repere.numerateur:
        ecarts.append(f"elle s'arrête à « {_actes(indicateur.numerateur)} »")
    if indicateur.unicite != repere.unicite:
        ecarts.append(_UNICITES[indicateur.unicite])
    if indicateur.anciennete_min_jours != repere.anciennete_min_jours:
        ecarts.append(f"il faut plus de {indicateur.anciennete_min_jours} jours d'ancienneté")
    if indicateur.filtre != repere.filtre:
        ecarts.append("toutes les entrées n'y sont pas (sa définition dit lesquelles)")
    memes_horloges = (indicateur.denominateur, indicateur.numerateur) == (
        repere.denominateur,
        repere.numerateur,
    )
    if indicateur.condition != repere.condition:
        ecarts.append("la limite n'est pas la même" if ecarts else "seule la limite change")
    if memes_horloges and len(ecarts) > 1:
        ecarts.insert(0, "mêmes actes de départ et d'arrivée")
    return ecarts or ["rien ne change, sinon son code et sa version"]


def _actes(codes: Sequence[str]) -> str:
    return ", ".join(registre.libelle(c) for c in codes)
