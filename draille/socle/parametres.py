"""Les paramètres datés : les nombres de la loi et du Département, avec leur date et leur source.

Un fichier `parametres.yaml` se lit ainsi :

    orientation_rsa.delai_loi_jours:
      libelle: Délai légal d'orientation
      unite: jours
      valeurs:
        - {du: 2025-01-01, valeur: 42, reference: "CASF D262-65-2"}

Une valeur vaut du jour `du` jusqu'à la veille de la suivante, ou jusqu'au jour `au`, inclus.
Le fichier d'un Département commence par `departement: "43"` ; il ajoute ses paramètres, et remplace
toute l'histoire de ceux que la loi laisse à sa main (`local: true`).
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from draille.socle.parametres_fichier import (
    UNITES,
    ErreurParametre,
    Valeur,
    convertir,
    lire_fichier,
)
from draille.socle.texte import date_moyenne

__all__ = [
    "UNITES",
    "ErreurParametre",
    "Parametre",
    "Registre",
    "Valeur",
    "ValeurDatee",
    "inscrire_fichier",
    "registre_global",
]

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_CLES = {"libelle", "unite", "description", "local", "trous_permis", "valeurs"}
_CLES_VALEUR = {"du", "au", "valeur", "reference", "note"}


@dataclass(frozen=True, kw_only=True)
class ValeurDatee:
    """Une valeur, du jour `du` au jour `au` inclus (nul : jusqu'à la suivante)."""

    du: date
    au: date | None
    valeur: Valeur
    reference: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Parametre:
    """Un paramètre et son histoire, de la plus ancienne valeur à la plus récente."""

    code: str
    libelle: str
    unite: str
    valeurs: tuple[ValeurDatee, ...]
    fichier: Path
    description: str = ""
    est_local: bool = False
    trous_permis: str = ""
    remplace: Path | None = None

    def en_vigueur(self, le: date) -> ValeurDatee:
        """La valeur en vigueur ce jour-là. Lève `ErreurParametre` s'il n'y en a pas."""
        passees = [valeur for valeur in self.valeurs if valeur.du <= le]
        if passees and (passees[-1].au is None or le <= passees[-1].au):
            return passees[-1]
        raise ErreurParametre(
            code="parametre.hors_periode",
            message=f"« {self.libelle} » ({self.code}) n'a pas de valeur au {date_moyenne(le)}"
            f"{self._autour(le, passees)}. Source : {self.fichier}.",
        )

    def _autour(self, le: date, passees: list[ValeurDatee]) -> str:
        suivante = next((valeur.du for valeur in self.valeurs if valeur.du > le), None)
        morceaux = []
        if passees and passees[-1].au is not None:
            morceaux.append(f"elle s'arrête au {date_moyenne(passees[-1].au)}")
        if suivante is not None:
            morceaux.append(f"elle existe à partir du {date_moyenne(suivante)}")
        if self.trous_permis and passees:
            morceaux.append(self.trous_permis)
        return " : " + " ; ".join(morceaux) if morceaux else ""


@dataclass
class Registre:
    """Les paramètres de plusieurs fichiers, par code."""

    _par_code: dict[str, Parametre] = field(default_factory=dict)

    @classmethod
    def charger(cls, chemins: Iterable[Path]) -> "Registre":
        """Lit et contrôle tous les fichiers. Lève `ErreurParametre` au premier défaut."""
        lus = [(chemin, *lire_fichier(chemin)) for chemin in chemins]
        registre = cls()
        # Les fichiers des Départements en dernier : ils remplacent, quel que soit l'ordre donné.
        for chemin, departement, contenu in sorted(lus, key=lambda lu: lu[1] != ""):
            for code, brut in contenu.items():
                registre._inscrire(chemin, departement, code, brut)
        return registre

    def parametre(self, code: str) -> Parametre:
        """Le paramètre de ce code. Lève `ErreurParametre` s'il n'existe pas."""
        if code in self._par_code:
            return self._par_code[code]
        proches = difflib.get_close_matches(code, self._par_code, n=1)
        suite = f" Vouliez-vous dire « {proches[0]} » ?" if proches else ""
        raise ErreurParametre(
            code="parametre.inconnu", message=f"Aucun paramètre ne s'appelle « {code} ».{suite}"
        )

    def valeur(self, code: str, le: date) -> Valeur:
        """La valeur en vigueur ce jour-là. Lève `ErreurParametre` s'il n'y en a pas."""
        return self.parametre(code).en_vigueur(le).valeur

    def entier(self, code: str, le: date) -> int:
        """Une durée ou un nombre. Lève `ErreurParametre` si le paramètre n'en est pas un."""
        valeur = self.valeur(code, le)
        if isinstance(valeur, int) and not isinstance(valeur, bool):
            return valeur
        raise self._mauvais_type(code, "un nombre entier")

    def decimal(self, code: str, le: date) -> Decimal:
        """Un montant, un taux ou des heures. Lève `ErreurParametre` sinon."""
        valeur = self.valeur(code, le)
        if isinstance(valeur, Decimal):
            return valeur
        raise self._mauvais_type(code, "un montant ou un taux")

    def texte(self, code: str, le: date) -> str:
        """Un texte. Lève `ErreurParametre` sinon."""
        valeur = self.valeur(code, le)
        if isinstance(valeur, str):
            return valeur
        raise self._mauvais_type(code, "un texte")

    def liste(self, code: str, le: date) -> tuple[str | int, ...]:
        """Une liste. Lève `ErreurParametre` sinon."""
        valeur = self.valeur(code, le)
        if isinstance(valeur, tuple):
            return valeur
        raise self._mauvais_type(code, "une liste")

    def oui(self, code: str, le: date) -> bool:
        """Un oui ou un non. Lève `ErreurParametre` sinon."""
        valeur = self.valeur(code, le)
        if isinstance(valeur, bool):
            return valeur
        raise self._mauvais_type(code, "un oui ou un non")

    def historique(self, code: str) -> tuple[ValeurDatee, ...]:
        """Toutes les valeurs, de la plus ancienne à la plus récente."""
        return self.parametre(code).valeurs

    def tous(self) -> list[Parametre]:
        """Tous les paramètres, par code, pour la page qui les montre avec leurs sources."""
        return [self._par_code[code] for code in sorted(self._par_code)]

    def _mauvais_type(self, code: str, attendu: str) -> ErreurParametre:
        unite = self.parametre(code).unite
        return ErreurParametre(
            code="parametre.type", message=f"« {code} » (unité « {unite} ») n'est pas {attendu}."
        )

    def _inscrire(self, chemin: Path, departement: str, code: str, brut: object) -> None:
        connu = self._par_code.get(code)
        if connu is None:
            self._par_code[code] = _lire_parametre(chemin, code, brut, None)
            return
        if not departement or connu.remplace is not None or connu.fichier == chemin:
            raise ErreurParametre(
                code="parametre.doublon",
                message=f"{chemin}, {code} : ce paramètre est déjà dans {connu.fichier}. "
                "Gardez-le dans un seul fichier.",
            )
        if not connu.est_local:
            raise ErreurParametre(
                code="parametre.non_local",
                message=f"{chemin}, {code} : un Département ne peut pas remplacer ce paramètre, "
                f"que {connu.fichier} ne déclare pas « local: true ».",
            )
        self._par_code[code] = _lire_parametre(chemin, code, brut, connu)


_fichiers: list[Path] = []
_registre: Registre | None = None


def inscrire_fichier(chemin: Path) -> None:
    """Ajoute un fichier au registre de l'application ; sans effet s'il y est déjà."""
    global _registre
    absolu = chemin.resolve()
    if absolu not in _fichiers:
        _fichiers.append(absolu)
        _registre = None


def registre_global() -> Registre:
    """Le registre des fichiers inscrits, lu une fois. Lève `ErreurParametre` au premier défaut."""
    global _registre
    if _registre is None:
        _registre = Registre.charger(_fichiers)
    return _registre


def _lire_parametre(chemin: Path, code: str, brut: object, connu: Parametre | None) -> Parametre:
    ou = f"{chemin}, {code}"
    if not _CODE.fullmatch(code):
        raise _faute(ou, "le code s'écrit « domaine.nom », en minuscules sans accent")
    champs = _champs(ou, brut, _CLES)
    unite = champs.get("unite", connu.unite if connu else None)
    if not isinstance(unite, str) or unite not in UNITES:
        raise _faute(ou, f"unité absente ou inconnue. Écrivez « unite: » et {_parmi(UNITES)}")
    if connu and unite != connu.unite:
        raise _faute(ou, f"l'unité est « {connu.unite} » dans {connu.fichier}")
    est_local = champs.get("local", False)
    if not isinstance(est_local, bool):
        raise _faute(ou, "« local » vaut true ou false")
    lu = Parametre(
        code=code,
        libelle=_texte(ou, champs, "libelle", connu.libelle if connu else None),
        unite=unite,
        valeurs=(),
        fichier=chemin,
        description=_texte(ou, champs, "description", connu.description if connu else ""),
        est_local=connu is not None or est_local,
        trous_permis=_texte(ou, champs, "trous_permis", ""),
        remplace=connu.fichier if connu else None,
    )
    valeurs = champs.get("valeurs")
    if not isinstance(valeurs, list) or not valeurs:
        raise _faute(ou, "aucune valeur. Écrivez « valeurs: » et au moins une ligne")
    datees = sorted((_lire_valeur(ou, unite, v) for v in valeurs), key=lambda v: v.du)
    _controler_suite(ou, datees, lu.trous_permis)
    return replace(lu, valeurs=tuple(datees))


def _lire_valeur(ou: str, unite: str, brut: object) -> ValeurDatee:
    champs = _champs(ou, brut, _CLES_VALEUR)
    du = champs.get("du")
    # Un datetime est aussi une date pour Python : seul le type exact convient.
    if type(du) is not date:
        raise _faute(ou, f"« du » vaut « {du} », qui n'est pas une date (2025-01-01)")
    ici = f"{ou}, valeur du {du.isoformat()}"
    au = champs.get("au")
    if au is not None and type(au) is not date:
        raise _faute(ici, f"« au » vaut « {au} », qui n'est pas une date (2025-12-31)")
    if au is not None and au < du:
        raise _faute(ici, f"elle finirait le {au.isoformat()}, avant de commencer")
    if champs.get("valeur") is None:
        raise _faute(ici, "« valeur » est absente")
    return ValeurDatee(
        du=du,
        au=au,
        valeur=convertir(ici, unite, champs["valeur"]),
        reference=_texte(ici, champs, "reference", None),
        note=_texte(ici, champs, "note", ""),
    )


def _controler_suite(ou: str, valeurs: list[ValeurDatee], trous_permis: str) -> None:
    for avant, apres in zip(valeurs, valeurs[1:], strict=False):
        if avant.du == apres.du or (avant.au is not None and avant.au >= apres.du):
            jusque = f" jusqu'au {avant.au.isoformat()}" if avant.au else ""
            raise ErreurParametre(
                code="parametre.chevauchement",
                message=f"{ou} : chevauchement le {apres.du.isoformat()}. La valeur du "
                f"{avant.du.isoformat()}{jusque} vaut encore ce jour-là.",
            )
        trou = avant.au is not None and avant.au + timedelta(days=1) < apres.du
        if trou and avant.au is not None and not trous_permis:
            raise ErreurParametre(
                code="parametre.trou",
                message=f"{ou} : aucune valeur entre le {avant.au.isoformat()} et le "
                f"{apres.du.isoformat()}. Comblez ce trou, ou justifiez-le par « trous_permis: ».",
            )


def _champs(ou: str, brut: object, permis: set[str]) -> dict[str, object]:
    if not isinstance(brut, dict):
        raise _faute(ou, f"on attend des champs parmi {_parmi(permis)}")
    for cle in brut:
        if cle not in permis:
            raise _faute(ou, f"champ inconnu « {cle} ». Choisissez parmi {_parmi(permis)}")
    return {str(cle): valeur for cle, valeur in brut.items()}


def _texte(ou: str, champs: dict[str, object], cle: str, defaut: str | None) -> str:
    """Le texte d'un champ ; obligatoire quand `defaut` est nul, jamais vide quand il est écrit."""
    if cle not in champs and defaut is not None:
        return defaut
    valeur = champs.get(cle)
    if not isinstance(valeur, str) or not valeur.strip():
        raise _faute(ou, f"« {cle} » est absent ou vide")
    return valeur.strip()


def _faute(ou: str, quoi: str) -> ErreurParametre:
    return ErreurParametre(code="parametre.illisible", message=f"{ou} : {quoi}.")


def _parmi(noms: Iterable[str]) -> str:
    return ", ".join(sorted(noms))
