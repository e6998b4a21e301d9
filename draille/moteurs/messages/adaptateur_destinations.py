"""Par où joindre une personne : son courriel, son mobile, son adresse, et ce que l'on peut servir.

Une personne que l'on dit non joignable ne l'est ni par courriel ni par SMS : on lui écrit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from draille.moteurs.messages.calcul import mobile_e164
from draille.moteurs.messages.models import Canal
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.personne.models import Personne
from draille.socle.refus import Refus


def canaux_servis() -> tuple[str, ...]:
    """Les canaux que ce serveur sait servir, le préféré d'abord ; tous en démonstration."""
    tout = settings.DRAILLE_DEMONSTRATION
    servis = {
        Canal.COURRIEL: tout or bool(settings.DRAILLE_SMTP_HOTE),
        Canal.SMS: tout or bool(settings.DRAILLE_SMS_URL),
        Canal.COURRIER: True,
    }
    return tuple(str(canal) for canal, est_servi in servis.items() if est_servi)


@dataclass(frozen=True, slots=True)
class Joindre:
    """Les foyers, par personne, lus d'un coup."""

    foyers: dict[int, Foyer]

    def destinations(self, personne: Personne) -> dict[str, str]:
        """La destination de chaque canal possible, le préféré d'abord."""
        trouvees = {
            Canal.COURRIEL.value: _courriel(personne),
            Canal.SMS.value: _mobile(personne),
            Canal.COURRIER.value: _adresse(personne, self.foyers.get(personne.pk)),
        }
        return {canal: trouvees[canal] for canal in canaux_servis() if trouvees[canal]}

    def choisir(
        self,
        *,
        personne: Personne,
        canal: str | None,
        admis: Sequence[str],
        est_algorithmique: bool,
    ) -> tuple[str, str]:
        """Le canal et la destination.

        Un SMS est trop court pour la mention légale : une décision calculée ne le choisit pas.
        Lève `Refus('messages.canal_inconnu')` ou `Refus('messages.adresse_absente')`.
        """
        if canal is not None and canal not in admis:
            raise Refus(
                code="messages.canal_inconnu",
                message="Ce modèle ne s'envoie pas par ce canal : choisissez le courrier.",
            )
        possibles = self.destinations(personne)
        voulus = [canal] if canal else [c for c in possibles if c in admis]
        if est_algorithmique and canal is None:
            voulus = [c for c in voulus if c != Canal.SMS]
        for voulu in voulus:
            if voulu in possibles:
                return voulu, possibles[voulu]
        raise Refus(code="messages.adresse_absente", message=_PHRASES.get(canal or "", _RIEN))


_RIEN = (
    "On ne sait pas où écrire à cette personne : ni courriel, ni mobile, ni adresse qui convienne. "
    "Demandez-lui comment la joindre, puis recommencez."
)
_PHRASES = {
    "courriel": "Aucun courriel valable n'est connu : choisissez un autre canal.",
    "sms": "Aucun numéro de mobile n'est connu : choisissez un autre canal.",
    "courrier": "Aucune adresse postale n'est connue : choisissez un autre canal.",
}


def joindre(*, personnes: Sequence[Personne], le: date) -> Joindre:
    """Lit les adresses de ces personnes, sous le mur du contexte ouvert. Une requête."""
    membres = (
        MembreFoyer.objects.filter(
            Q(fin__isnull=True) | Q(fin__gt=le),
            personne_id__in=[p.pk for p in personnes],
            debut__lte=le,
        )
        .select_related("foyer__commune")
        .order_by("debut", "pk")
    )
    return Joindre({m.personne_id: m.foyer for m in membres})


def _courriel(personne: Personne) -> str:
    if not personne.est_joignable or not personne.courriel:
        return ""
    try:
        validate_email(personne.courriel)
    except ValidationError:
        return ""
    return personne.courriel


def _mobile(personne: Personne) -> str:
    return (mobile_e164(personne.telephone) or "") if personne.est_joignable else ""


def _adresse(personne: Personne, foyer: Foyer | None) -> str:
    if foyer is None or not foyer.adresse:
        return ""
    code, ville = foyer.code_postal, foyer.commune_nom
    if not ville and foyer.commune:
        # L'organisme n'a pas toujours redit la commune : celle du découpage fait foi.
        ville, codes = foyer.commune.nom, foyer.commune.codes_postaux.split()
        code = code or (codes[0] if codes else "")
    if not ville:
        return ""
    return "\n".join([personne.nom_complet, foyer.adresse, f"{code} {ville}".strip().upper()])
