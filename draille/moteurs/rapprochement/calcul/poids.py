"""Peser une paire : chaque accord et chaque écart vaut un entier, leur somme décide.

Poids de Fellegi et Sunter : log2 du rapport entre la chance de cet accord chez une même personne et
chez deux personnes prises au hasard, arrondi, vérifié sur une population fautive (bench). Ils sont
les mêmes pour tous : ni apprentissage, ni fréquence d'un nom, ni origine.
"""

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from draille.moteurs.rapprochement.calcul.formes import Nom, Profil
from draille.moteurs.rapprochement.calcul.types import Pesee, Raison

NOM_PROCHE = 0.88
PRENOM_PROCHE = 0.9
# code : ce qui se lit, le poids, et si c'est un écart franc (jamais sûr avec lui).
POIDS: dict[str, tuple[str, int, bool]] = {
    "nom_identique": ("Même nom", 8, False),
    "nom_d_usage": ("Nom de naissance de l'un, nom d'usage de l'autre", 7, False),
    "nom_proche": ("Noms presque pareils", 5, False),
    "nom_compose": ("Un nom contient l'autre", 5, False),
    "nom_different": ("Noms différents", -5, True),
    "prenom_identique": ("Même prénom", 6, False),
    "prenom_proche": ("Prénoms presque pareils", 3, False),
    # Deux jumelles peuvent porter « Marie » et « Anne-Marie » : quelqu'un regarde.
    "prenom_compose": ("Un prénom contient l'autre", 3, True),
    "prenom_abrege": ("Prénoms de même début, l'un abrégé peut-être", 2, True),
    "prenom_une_lettre": ("Prénoms courts, une lettre d'écart", 0, True),
    "prenom_autre": ("Prénom d'usage et autre prénom", 2, False),
    "prenom_different": ("Prénoms différents", -8, True),
    "nom_prenom_inverses": ("Nom et prénom inversés", 12, False),
    "naissance_identique": ("Même date de naissance", 12, False),
    "naissance_inversee": ("Jour et mois de naissance inversés", 8, False),
    "naissance_un_chiffre": ("Naissance : un chiffre d'écart", 4, False),
    "naissance_deux_chiffres": ("Naissance : deux chiffres échangés", 4, False),
    "naissance_mois": ("Même mois de naissance, jour inconnu", 7, False),
    "naissance_annee": ("Même année de naissance, jour inconnu", 3, False),
    "naissance_differente": ("Dates de naissance différentes", -12, True),
    "jumeaux": ("Même nom, même naissance, autre prénom : peut-être des jumeaux", -9, True),
    "sexe_identique": ("Même sexe", 1, False),
    "sexe_different": ("Sexes différents", -4, True),
    "telephone_identique": ("Même téléphone", 6, False),
    "courriel_identique": ("Même courriel", 7, False),
    "commune_identique": ("Même commune", 3, False),
    "commune_differente": ("Communes différentes", -1, False),
    "commune_naissance_identique": ("Même commune de naissance", 6, False),
    "commune_naissance_differente": ("Communes de naissance différentes", -5, False),
    "matricule_identique": ("Même matricule d'organisme", 5, False),
    "nir_different": ("Numéros de sécurité sociale différents", -60, True),
}


def peser(a: Profil, b: Profil) -> Pesee:
    """Le poids entier de la paire et les codes de ses raisons ; symétrique."""
    nom, prenom = _noms(a, b)
    naissance = _naissances(a, b)
    codes = [c for c in (nom, prenom, naissance) if c]
    if prenom == "prenom_different" and naissance == "naissance_identique" and _nom_accorde(nom):
        codes.append("jumeaux")
    codes += _autres(a, b)
    poids = 0
    a_ecart = False
    for code in codes:
        _, valeur, est_ecart = POIDS[code]
        poids += valeur
        a_ecart = a_ecart or est_ecart
    return Pesee(poids, tuple(codes), a_ecart)


def raison(code: str) -> Raison:
    """La raison de ce code, telle qu'elle se lit. Lève KeyError si le code est inconnu."""
    libelle, valeur, _ = POIDS[code]
    return Raison(code=code, libelle=libelle, poids=valeur)


def _nom_accorde(code: str) -> bool:
    return code != "" and code != "nom_different"


def _noms(a: Profil, b: Profil) -> tuple[str, str]:
    prenom = _prenoms(a, b)
    nom = _nom(a.noms, b.noms)
    if nom == "nom_different" and prenom and _est_inverse(a, b):
        return "nom_prenom_inverses", ""
    return nom, prenom


def _est_inverse(a: Profil, b: Profil) -> bool:
    nom, prenom = a.prenom.colle, b.prenom.colle
    return any(_presque(nom, n.colle, NOM_PROCHE) for n in b.noms) and any(
        _presque(prenom, n.colle, NOM_PROCHE) for n in a.noms
    )


def _nom(des_uns: list[Nom], des_autres: list[Nom]) -> str:
    if not des_uns or not des_autres:
        return ""
    if des_uns[0].colle == des_autres[0].colle:
        return "nom_identique"
    codes = [_deux_noms(x, y) for x in des_uns for y in des_autres]
    if "nom_identique" in codes:
        return "nom_d_usage"
    return max(codes, key=lambda c: POIDS[c][1])


def _deux_noms(x: Nom, y: Nom) -> str:
    if x.colle == y.colle:
        return "nom_identique"
    if _contient(x, y):
        return "nom_compose"
    if x.son == y.son or _presque(x.colle, y.colle, NOM_PROCHE):
        return "nom_proche"
    return "nom_different"


def _prenoms(a: Profil, b: Profil) -> str:
    x, y = a.prenom, b.prenom
    if not x or not y:
        return ""
    if x.colle == y.colle:
        return "prenom_identique"
    if _contient(x, y):
        return "prenom_compose"
    if _sont_du_meme_sexe(a, b) and (x.son == y.son or _presque(x.colle, y.colle, PRENOM_PROCHE)):
        return "prenom_proche"
    if x.mots <= b.autres or y.mots <= a.autres:
        return "prenom_autre"
    return _prenoms_lointains(x.colle, y.colle)


def _prenoms_lointains(x: str, y: str) -> str:
    if min(len(x), len(y)) > 2:
        if x.startswith(y) or y.startswith(x) or x[:4] == y[:4]:
            return "prenom_abrege"
        if DamerauLevenshtein.distance(x, y, score_cutoff=1) <= 1:
            return "prenom_une_lettre"
    return "prenom_different"


def _sont_du_meme_sexe(a: Profil, b: Profil) -> bool:
    """Faux si l'on sait le contraire : « Paul » et « Paule » ne sont alors pas une faute."""
    return not a.fiche.sexe or not b.fiche.sexe or a.fiche.sexe == b.fiche.sexe


def _contient(x: Nom, y: Nom) -> bool:
    court, long = (x, y) if len(x.mots) <= len(y.mots) else (y, x)
    # Une particule seule ne dit rien.
    return court.mots < long.mots and len(court.colle) > 2


def _presque(x: str, y: str, seuil: float) -> bool:
    if not x or not y:
        return False
    if JaroWinkler.similarity(x, y, score_cutoff=seuil) >= seuil:
        return True
    # Jaro-Winkler punit une faute en tête de mot ; une seule lettre de trop n'en est qu'une.
    return min(len(x), len(y)) > 4 and DamerauLevenshtein.distance(x, y, score_cutoff=1) <= 1


def _naissances(a: Profil, b: Profil) -> str:
    if not a.annee or not b.annee:
        return ""
    if not a.jour or not b.jour:
        return _naissances_partielles(a, b)
    if a.annee == b.annee and a.mois == b.mois and a.jour == b.jour:
        return "naissance_identique"
    if a.annee == b.annee and a.mois == b.jour and a.jour == b.mois:
        return "naissance_inversee"
    x, y = _chiffres(a), _chiffres(b)
    ecarts = [i for i in range(8) if x[i] != y[i]]
    if len(ecarts) == 1:
        return "naissance_un_chiffre"
    if len(ecarts) == 2 and x[ecarts[0]] == y[ecarts[1]] and x[ecarts[1]] == y[ecarts[0]]:
        return "naissance_deux_chiffres"
    return "naissance_differente"


def _naissances_partielles(a: Profil, b: Profil) -> str:
    if a.annee != b.annee:
        return "naissance_differente"
    if not a.mois or not b.mois:
        return "naissance_annee"
    return "naissance_mois" if a.mois == b.mois else "naissance_differente"


def _chiffres(p: Profil) -> str:
    return f"{p.annee:04d}{p.mois:02d}{p.jour:02d}"


def _autres(a: Profil, b: Profil) -> list[str]:
    x, y = a.fiche, b.fiche
    codes = []
    if x.sexe and y.sexe:
        codes.append("sexe_identique" if x.sexe == y.sexe else "sexe_different")
    if a.telephone and a.telephone == b.telephone:
        codes.append("telephone_identique")
    if a.courriel and a.courriel == b.courriel:
        codes.append("courriel_identique")
    if x.commune and y.commune:
        codes.append("commune_identique" if x.commune == y.commune else "commune_differente")
    if x.commune_naissance and y.commune_naissance:
        memes = x.commune_naissance == y.commune_naissance
        codes.append("commune_naissance_identique" if memes else "commune_naissance_differente")
    if a.matricules & b.matricules:
        codes.append("matricule_identique")
    if x.nir and y.nir and x.nir != y.nir:
        codes.append("nir_different")
    return codes
