"""Les fichiers de mois passés, et ce que chaque ligne est devenue. Rien de personnel."""

from datetime import date

from django.conf import settings

from draille.mesures.suivi_rsa.models import ImportHistorique, LigneHistorique
from draille.mesures.suivi_rsa.regles.historique import RETENUE
from draille.socle.acces import Acces

IMPORTS_MONTRES = 50


def imports(*, acces: Acces, le: date) -> list[ImportHistorique]:
    """Les fichiers reçus au jour `le`, le plus récent d'abord. Une requête."""
    if not acces.cles:
        return []
    siens = ImportHistorique.objects.filter(
        departement=settings.DRAILLE_DEPARTEMENT, recu_le__lte=le
    )
    return list(siens[:IMPORTS_MONTRES])


def lignes_a_dire(*, import_id: int, acces: Acces) -> list[LigneHistorique]:
    """Les lignes qui ne sont pas simplement retenues, dans l'ordre du fichier. Une requête."""
    if not acces.cles:
        return []
    return list(LigneHistorique.objects.filter(importe_par=import_id).exclude(sort=RETENUE))
