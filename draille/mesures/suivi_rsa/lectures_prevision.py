"""Les mois connus du RSA, et la prévision qui en sort.

Les fichiers de la CAF et de la MSA disent les mois depuis leur premier ; l'historique importé, ceux
d'avant. La prévision gardée se retrouve par l'empreinte de ses entrées.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.db import connection

from draille.mesures.suivi_rsa import lectures
from draille.mesures.suivi_rsa.models import MoisHistorique, PrevisionGardee
from draille.mesures.suivi_rsa.regles import prevision as regles
from draille.mesures.suivi_rsa.regles.prevision import Bareme, Observe, Prevision
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global

# Une caisse dont plus rien ne vient depuis trois mois ne retient plus les autres.
SILENCE_JOURS = 92
_BORNES = """
SELECT min(mois), max(mois) FROM flux_fichierrecu
WHERE nature = 'caf_rsa' AND statut IN ('integre', 'a_confirmer') AND cree_le <= %(le)s
GROUP BY fonorg, numorg
"""


@dataclass(frozen=True, slots=True)
class MoisConnu:
    """Un mois : foyers payés, bénéficiaires, euros à la charge du Département, et d'où il vient."""

    mois: date
    foyers: int
    beneficiaires: int
    montant: Decimal
    est_des_fichiers: bool


def mois_connus(*, acces: Acces, le: date) -> tuple[MoisConnu, ...]:
    """Les mois connus au jour `le`, du plus ancien au plus récent. Quatre requêtes.

    Un mois des fichiers l'emporte sur le même mois de l'historique importé.
    """
    connus = {
        m.mois: MoisConnu(m.mois, m.foyers, m.beneficiaires, m.montant, False)
        for m in _importes(le)
    }
    bornes = _bornes(le)
    if bornes is not None:
        stocks = lectures.stock(debut=bornes[0], fin=bornes[1], acces=acces)
        connus |= {
            s.mois: MoisConnu(s.mois, s.foyers, s.beneficiaires, s.montant_departement, True)
            for s in stocks
            if s.foyers and s.beneficiaires
        }
    return tuple(connus[m] for m in sorted(connus))


def _importes(le: date) -> list[MoisHistorique]:
    """Le relevé de chaque mois fini au jour `le` : le dernier importé ce jour-là, sinon le premier.

    Un mois passé se lit à sa date même s'il n'a été importé qu'ensuite ; seule une correction
    attend son jour.
    """
    choisis: dict[date, MoisHistorique] = {}
    tous = MoisHistorique.objects.filter(departement=settings.DRAILLE_DEPARTEMENT)
    for releve in tous.order_by("mois", "pk"):
        if releve.mois not in choisis or releve.depuis_le <= le:
            choisis[releve.mois] = releve
    return [r for m, r in choisis.items() if regles.apres(m, 1) <= le + timedelta(days=1)]


def _bornes(le: date) -> tuple[date, date] | None:
    """Du premier au dernier mois que toutes les caisses ont dit."""
    with connection.cursor() as curseur:
        curseur.execute(_BORNES, {"le": le})
        lues = [(debut, fin) for debut, fin in curseur.fetchall() if debut is not None]
    if not lues:
        return None
    recentes = max(fin for _, fin in lues) - timedelta(days=SILENCE_JOURS)
    actives = [(debut, fin) for debut, fin in lues if fin >= recentes]
    debut, fin = max(d for d, _ in actives), min(f for _, f in actives)
    return (debut, fin) if debut <= fin else None


def bareme(*, le: date) -> Bareme:
    """Le barème tel que connu au jour `le`, et la hausse supposée ensuite."""
    historique = registre_global().historique("suivi_rsa.montant_forfaitaire")
    connues = tuple((v.du, float(str(v.valeur))) for v in historique if v.du <= le)
    hausse = registre_global().decimal("suivi_rsa.revalorisation_supposee", le)
    return Bareme(connues, float(hausse))


def niveau(*, le: date) -> Decimal:
    """La part des mois qu'un intervalle doit contenir."""
    return registre_global().decimal("suivi_rsa.niveau_intervalle", le)


@dataclass(frozen=True, slots=True)
class Entrees:
    """Ce dont une prévision sort, et son empreinte."""

    observes: Mapping[date, Observe]
    bareme: Bareme
    niveau: float

    @property
    def empreinte(self) -> str:
        """La même pour les mêmes entrées et la même version du calcul."""
        contenu = {
            "version": regles.VERSION,
            "mois": [
                [m.isoformat(), o.foyers, o.beneficiaires, f"{o.montant:.2f}"]
                for m, o in sorted(self.observes.items())
            ],
            "bareme": [[du.isoformat(), valeur] for du, valeur in self.bareme.valeurs],
            "hausse": self.bareme.hausse,
            "niveau": self.niveau,
        }
        return sha256(json.dumps(contenu, separators=(",", ":")).encode()).hexdigest()

    def prevoir(
        self, *, avec_modele: bool, avancer: Callable[[], None] = lambda: None
    ) -> Prevision | None:
        """Le calcul même ; nul si aucun mois n'est connu."""
        return regles.prevoir(
            observes=self.observes,
            bareme=self.bareme,
            niveau=self.niveau,
            avec_modele=avec_modele,
            avancer=avancer,
        )


def entrees(*, connus: tuple[MoisConnu, ...], le: date) -> Entrees:
    """Les entrées d'une prévision au jour `le` ; un mois d'avant le barème n'y est pas."""
    connu = bareme(le=le)
    premier = min((du for du, _ in connu.valeurs), default=le)
    observes = {
        m.mois: Observe(m.foyers, m.beneficiaires, float(m.montant))
        for m in connus
        if m.mois >= premier and m.montant > 0
    }
    return Entrees(observes, connu, float(niveau(le=le)))


def prevision(*, connus: tuple[MoisConnu, ...], le: date) -> Prevision | None:
    """La prévision gardée, modèle compris ; à défaut celle des références. Une requête."""
    siennes = entrees(connus=connus, le=le)
    gardee = PrevisionGardee.objects.filter(empreinte=siennes.empreinte).first()
    if gardee is not None:
        return regles.depuis_json(gardee.contenu)
    return siennes.prevoir(avec_modele=False)
