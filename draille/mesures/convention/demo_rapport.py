"""Le rapport d'exécution dans la démonstration : un intermédiaire validé, un brouillon commenté."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from draille.mesures.convention import actes_rapport as actes
from draille.mesures.convention import lectures, lectures_rapport, models
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.acces import Acces
from draille.socle.texte import date_moyenne, euros, pourcent

MENTION = "Commentaire fictif, écrit pour la démonstration."


def rediger_un_rapport(
    *, departement: str, redacteur: Acces, validateur: Acces, le: date
) -> list[models.Rapport]:
    """Un rapport arrêté à la fin du trimestre passé, validé, et un brouillon arrêté à `le`.

    Un texte signé depuis la fin du trimestre arrête le premier au jour de sa signature : avant, il
    n'y avait rien à exécuter. Rappelé, ne double rien ; rend ce qu'il a rédigé, rien si le
    Département n'a pas de lignes à cette date.
    """
    page = next(
        (p for p in lectures.pages(departement=departement, le=le) if p.lecture.lignes), None
    )
    if page is None or _deja(departement, page, le.year):
        return []
    faits = []
    arrete_le = _premier_arret(page, le)
    if arrete_le < le:
        faits.append(_rediger(page, arrete_le, redacteur, le))
        actes.soumettre(rapport_id=faits[0].pk, par=redacteur, le=le)
        faits[0] = actes.valider(rapport_id=faits[0].pk, par=validateur, le=le)
    faits.append(_rediger(page, le, redacteur, le))
    return faits


def _deja(departement: str, page: PageConvention, annee: int) -> bool:
    connus = lectures_rapport.versions(departement=departement)
    return connus.filter(cadre_id=page.cadre_id, annee=annee).exists()


def _premier_arret(page: PageConvention, le: date) -> date:
    """La fin du trimestre civil passé, ou la signature du texte lu si elle est d'après."""
    debut_trimestre = date(le.year, 3 * ((le.month - 1) // 3) + 1, 1)
    arret = max(debut_trimestre - timedelta(days=1), date(le.year, 1, 1))
    lu = page.lecture.texte_du_contenu
    return max(arret, lu.signe_le) if lu is not None and lu.signe_le is not None else arret


def _rediger(page: PageConvention, arrete_le: date, par: Acces, le: date) -> models.Rapport:
    rapport = actes.rediger(
        cadre_id=page.cadre_id, annee=le.year, arrete_le=arrete_le, par=par, le=le
    )
    for code, texte in _commentaires(rapport.contenu, arrete_le).items():
        actes.commenter(rapport_id=rapport.pk, ligne_code=code, texte=texte, par=par, le=le)
    return rapport


def _commentaires(contenu: dict[str, Any], arrete_le: date) -> dict[str, str]:
    """Un texte pour l'ensemble, un par ligne qui a des actes : des phrases faites des chiffres."""
    totaux = contenu["argent"]["totaux"]
    prevu, execute = (Decimal(totaux.get(e.value, "0")) for e in (Etape.PREVUE, Etape.EXECUTEE))
    part = f", soit {pourcent(execute / prevu)}" if prevu else ""
    dits = {
        "": f"Au {date_moyenne(arrete_le)}, {euros(execute)} sont exécutés sur {euros(prevu)} "
        f"prévus{part}. {contenu['mention']}\n{MENTION}"
    }
    for ligne in contenu["lignes"]:
        i = next((x for x in ligne["indicateurs"] if x["a_taux"] and x["denominateur"]), None)
        if i is not None:
            taux = pourcent(Decimal(i["numerateur"]) / i["denominateur"])
            dits[ligne["code"]] = (
                f"{i['libelle']} : {taux} à cette date, mois par mois ci-dessous. {MENTION}"
            )
    return dits
