"""Les textes à trous : les lire, les contrôler, les rendre."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

MENTION = "mention_algorithme"
SUJET_MAXIMUM = 160
_TROU = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_ALINEAS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Texte:
    """Un sujet (vide pour un SMS) et un corps, à trous."""

    sujet: str
    corps: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Ce qu'un modèle peut dire. `champs` : liste fermée ; `requis` : ce sans quoi il ne part pas.

    `objet` : ce que désigne `objet_id` (« rendez_vous », « entree »). `finalite` : le but du
    calcul, que dit la mention légale. `a_piece` : la lettre est jointe en PDF au courriel.
    """

    code: str
    libelle: str
    objet: str
    champs: tuple[str, ...]
    requis: tuple[str, ...]
    est_algorithmique: bool
    finalite: str
    a_piece: bool
    textes: Mapping[str, Texte]


@dataclass(frozen=True, slots=True)
class Faute:
    """Un défaut d'un modèle : le champ de l'écran (« sujet », « corps »), et la phrase."""

    ou: str
    phrase: str


def trous(texte: str) -> tuple[str, ...]:
    """Les champs que nomme ce texte, une fois chacun, dans l'ordre."""
    return tuple(dict.fromkeys(_TROU.findall(texte)))


def normaliser(texte: str) -> str:
    """Le texte tel qu'il se garde : retours à la ligne simples, trous écrits `{{ champ }}`."""
    propre = texte.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return _TROU.sub(lambda trou: f"{{{{ {trou[1]} }}}}", propre).strip()


def rendre(texte: str, valeurs: Mapping[str, str]) -> str:
    """Le texte, trous remplis. Une ligne dont un champ est vide disparaît tout entière.

    Une valeur n'est jamais relue : des accolades dans un nom restent des accolades.
    """
    lignes = [
        _TROU.sub(lambda trou: _valeur(valeurs, trou[1]), ligne)
        for ligne in texte.split("\n")
        if all(_valeur(valeurs, champ) for champ in _TROU.findall(ligne))
    ]
    return _ALINEAS.sub("\n\n", "\n".join(ligne.rstrip() for ligne in lignes)).strip()


def _valeur(valeurs: Mapping[str, str], champ: str) -> str:
    # Une valeur ne coupe pas une ligne : elle ajouterait des alinéas que le modèle n'a pas.
    return " ".join(str(valeurs.get(champ, "")).split())


def controler(*, definition: Definition, texte: Texte, canal: str) -> tuple[Faute, ...]:
    """Les défauts de ce texte pour ce modèle et ce canal ; aucun s'il peut servir.

    Un modèle algorithmique garde `{{ mention_algorithme }}` (CRPA L311-3-1), seule sur sa ligne.
    """
    fautes = [
        faute
        for ou, contenu in (("sujet", texte.sujet), ("corps", texte.corps))
        for faute in _fautes_des_trous(ou, contenu, definition)
    ]
    if not texte.corps.strip():
        fautes.append(Faute("corps", "Le texte est vide : écrivez ce que la personne doit savoir."))
    if canal != "sms":
        fautes.extend(_fautes_du_sujet(texte.sujet))
    presents = set(trous(texte.sujet)) | set(trous(texte.corps))
    fautes.extend(
        Faute("corps", f"Le champ {{{{ {champ} }}}} manque : la personne en a besoin.")
        for champ in definition.requis
        if champ not in presents and texte.corps.strip()
    )
    if definition.est_algorithmique and canal != "sms":
        fautes.extend(_fautes_de_la_mention(texte.corps))
    return tuple(fautes)


def _fautes_des_trous(ou: str, contenu: str, definition: Definition) -> list[Faute]:
    fautes = [
        Faute(
            ou,
            f"Le champ « {champ} » n'existe pas pour ce modèle. Choisissez parmi : "
            f"{', '.join(definition.champs)}.",
        )
        for champ in trous(contenu)
        if champ not in definition.champs
    ]
    reste = _TROU.sub("", contenu)
    if "{" in reste or "}" in reste:
        fautes.append(
            Faute(ou, "Une accolade est mal placée. Un champ s'écrit {{ prenom }}, en minuscules.")
        )
    return fautes


def _fautes_du_sujet(sujet: str) -> list[Faute]:
    if not sujet.strip():
        return [Faute("sujet", "L'objet est vide : dites en quelques mots de quoi il s'agit.")]
    if "\n" in sujet or len(sujet) > SUJET_MAXIMUM:
        return [Faute("sujet", f"L'objet tient sur une ligne de {SUJET_MAXIMUM} signes au plus.")]
    return []


def _fautes_de_la_mention(corps: str) -> list[Faute]:
    if any(ligne.strip() == f"{{{{ {MENTION} }}}}" for ligne in normaliser(corps).split("\n")):
        return []
    return [
        Faute(
            "corps",
            f"La mention légale manque. Gardez {{{{ {MENTION} }}}} seule sur une ligne : la loi "
            "la demande quand un calcul a préparé la décision (CRPA L311-3-1).",
        )
    ]
