"""Où s'ouvre chaque nombre du pilotage."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from draille.mesures.convention.lectures_indicateurs import Part
from draille.mesures.convention.regles.pilotage import Moment
from draille.mesures.convention.regles.suivi import Etape
from draille.moteurs.indicateurs.registre import Indicateur


@dataclass(frozen=True)
class Liens:
    """Les adresses d'un cadre, d'une année, à une date de lecture."""

    cadre: str
    moment: Moment

    @property
    def _base(self) -> dict[str, str | int]:
        return {
            "le": self.moment.le.isoformat(),
            "annee": self.moment.annee,
            "convention": self.cadre,
        }

    def a(self, moment: Moment) -> "Liens":
        """Les mêmes adresses à une autre année ou à une autre date."""
        return Liens(self.cadre, moment)

    def page(self, nom: str, **autres: str | int) -> str:
        """Une page du pilotage, à la même année et à la même date."""
        return f"{reverse(f'convention:{nom}')}?{urlencode({**self._base, **autres})}"

    def ligne(self, code: str) -> str:
        """La page de la ligne."""
        return f"{reverse('convention:ligne', args=[code])}?{urlencode(self._base)}"

    def vie(self) -> str:
        """Les actions, les échéances et les votes de la convention."""
        le = urlencode({"le": self.moment.le.isoformat()})
        return f"{reverse('convention:vie', args=[self.cadre])}?{le}"

    def montant(self, etape: Etape, *, ligne: str = "") -> str:
        """Ce qui fait un montant : les textes pour le prévu, les pièces pour le reste."""
        criteres = {**self._base, "etape": str(etape), **({"ligne": ligne} if ligne else {})}
        return f"{reverse('convention:pieces', args=[self.cadre])}?{urlencode(criteres)}"

    def indicateur(self, indicateur: Indicateur, part: Part, *, mois: int | None = None) -> str:
        """La liste d'actes derrière un compte."""
        url = reverse("convention:actes", args=[indicateur.code, indicateur.version])
        criteres: dict[str, str | int] = {
            "annee": self.moment.annee,
            "le": self.moment.le.isoformat(),
            "part": str(part),
        }
        if mois is not None:
            criteres["mois"] = mois
        return f"{url}?{urlencode(criteres)}"

    def actes(self, ligne: str, *, mois: int | None = None) -> str:
        """Les actes d'une ligne, par code."""
        url = reverse("convention:pilotage_actes", args=[self.cadre, ligne])
        criteres = {**self._base, **({} if mois is None else {"mois": mois})}
        return f"{url}?{urlencode(criteres)}"

    def retards(self, ligne: str) -> str:
        """Les échéances dépassées d'une ligne."""
        url = reverse("convention:pilotage_retards", args=[self.cadre, ligne])
        return f"{url}?{urlencode(self._base)}"
