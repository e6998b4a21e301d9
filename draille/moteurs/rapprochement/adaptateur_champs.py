"""L'état civil de deux dossiers qui n'en font qu'un, puis de nouveau deux."""

from draille.moteurs.rapprochement.adaptateur_lignes import compartiments_tenus
from draille.moteurs.rapprochement.models import Fusion
from draille.noyau.personne.models import Personne

# Ce que l'absorbée sait et que la gardée ne savait pas.
_COMPLETABLES = ("nom_usage", "prenoms_autres", "sexe", "telephone", "courriel")


def reunir(gardee: Personne, absorbee: Personne) -> list[str]:
    """Complète la gardée de ce que l'absorbée sait ; rend ce qui a été donné."""
    donnes = [c for c in _COMPLETABLES if getattr(absorbee, c) and not getattr(gardee, c)]
    for champ in donnes:
        setattr(gardee, champ, getattr(absorbee, champ))
    if gardee.naissance_le is None and absorbee.naissance_le is not None:
        gardee.naissance_le = absorbee.naissance_le
        gardee.naissance_precision = absorbee.naissance_precision
        donnes.append("naissance")
    if gardee.commune_id is None and absorbee.commune_id is not None:
        gardee.commune_id = absorbee.commune_id
        donnes.append("commune")
    gardee.compartiments = sorted({*gardee.compartiments, *absorbee.compartiments})
    absorbee.fusionnee_dans, absorbee.commune_id = gardee, gardee.commune_id
    if absorbee.nir_empreinte and not gardee.nir_empreinte:
        _passer_le_nir(absorbee, gardee)
        donnes.append("nir")
    # L'absorbée d'abord : un NIR n'est qu'à un dossier à la fois.
    absorbee.save()
    gardee.save()
    return donnes


def rendre_les_champs(fusion: Fusion, gardee: Personne, absorbee: Personne) -> None:
    """Reprend à la gardée ce que la fusion lui a donné et qu'on n'a pas changé depuis."""
    donnes = fusion.champs_completes
    for champ in _COMPLETABLES:
        if champ in donnes and getattr(gardee, champ) == getattr(absorbee, champ):
            setattr(gardee, champ, "")
    if "naissance" in donnes and gardee.naissance_le == absorbee.naissance_le:
        gardee.naissance_le = None
    if "commune" in donnes and gardee.commune_id == fusion.commune_avant_id:
        gardee.commune_id = None
    if "nir" in donnes:
        _passer_le_nir(gardee, absorbee)
    tenus = compartiments_tenus(personne_id=gardee.pk)
    venus = set(absorbee.compartiments) - set(fusion.compartiments_avant) - tenus
    gardee.compartiments = sorted(set(gardee.compartiments) - venus)
    absorbee.fusionnee_dans, absorbee.commune_id = None, fusion.commune_avant_id
    premiere, seconde = (gardee, absorbee) if "nir" in donnes else (absorbee, gardee)
    premiere.save()
    seconde.save()


def _passer_le_nir(de: Personne, vers: Personne) -> None:
    vers.nir_chiffre, vers.nir_empreinte = de.nir_chiffre, de.nir_empreinte
    de.nir_chiffre = de.nir_empreinte = None
