"""Les indicateurs de l'orientation : les entrants, et quatre définitions du même délai.

Elles coexistent sur le terrain ; chacune garde son code et son nom. Les seuils viennent des
paramètres datés : un seuil changé est une autre définition, donc une autre version.
"""

from pathlib import Path

from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.parametres import Registre, ValeurDatee

LIGNE = "orientation_rsa"
ENTRER = ("suivi_rsa.entrer",)
ORIENTER = ("orientation_rsa.orienter",)
JOURS_PAR_SEMAINE = 7

# Le fichier de la mesure seul : un réglage local ne change pas une définition nationale.
_PARAMETRES = Registre.charger([Path(__file__).with_name("parametres.yaml")])


def _seuil(nom: str) -> tuple[int, ValeurDatee]:
    datee = _PARAMETRES.historique(f"orientation_rsa.{nom}")[-1]
    return int(str(datee.valeur)), datee


_MOIS, _B1 = _seuil("seuil_b1")
_JOURS_B1, _B1_31J = _seuil("seuil_b1_31j")
_JOURS_RDVI, _RDVI = _seuil("seuil_rdvi")
_SEMAINES, _LOI = _seuil("delai_loi_6_semaines")
_JOURS_LOI = _SEMAINES * JOURS_PAR_SEMAINE

INDICATEURS = (
    Indicateur(
        code="entrants",
        version=1,
        libelle="Nouveaux entrants",
        definition=(
            "Nombre de personnes entrées dans le mois parmi les allocataires soumis aux droits et "
            "devoirs : primo-arrivants, retours, personnes qui deviennent soumises, qui rejoignent "
            "un foyer, ou qui arrivent d'un autre Département."
        ),
        source="Plan pauvreté, tableau A1 (tables publiques de WebRSA)",
        denominateur=ENTRER,
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code="B1",
        version=1,
        libelle="Orientés en un mois (plan pauvreté)",
        definition=(
            f"Part des nouveaux entrants du mois dont l'orientation est validée au plus tard "
            f"{_MOIS} mois calendaire après que le Département a connu leur entrée, ou dans le "
            "même mois civil. Compté au mois de l'entrée, une fois par personne."
        ),
        source=_B1.reference,
        denominateur=ENTRER,
        numerateur=ORIENTER,
        condition=(
            f"(n.le <= (d.le + interval '{_MOIS} month')::date"
            " OR date_trunc('month', n.le) = date_trunc('month', d.le))"
        ),
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code="B1-31j",
        version=1,
        libelle=f"Orientés en {_JOURS_B1} jours",
        definition=(
            f"Part des nouveaux entrants du mois dont l'orientation est validée au plus tard "
            f"{_JOURS_B1} jours après que le Département a connu leur entrée. Compté au mois de "
            "l'entrée, une fois par personne."
        ),
        source=_B1_31J.reference,
        denominateur=ENTRER,
        numerateur=ORIENTER,
        condition=f"n.le <= d.le + {_JOURS_B1}",
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code="rdvi-45",
        version=1,
        libelle=f"Rencontrés en moins de {_JOURS_RDVI} jours",
        definition=(
            f"Part des personnes dont le premier rendez-vous a été honoré moins de {_JOURS_RDVI} "
            "jours après l'ouverture de leur premier suivi, parmi les suivis ouverts depuis plus "
            f"de {_JOURS_RDVI} jours. Compté au mois d'ouverture du suivi."
        ),
        source=_RDVI.reference,
        denominateur=("orientation_rsa.ouvrir",),
        numerateur=("orientation_rsa.rencontrer",),
        condition=f"n.le < d.le + {_JOURS_RDVI}",
        unicite="premiere",
        anciennete_min_jours=_JOURS_RDVI,
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code="loi-42j",
        version=1,
        libelle=f"Orientés dans le délai de la loi ({_JOURS_LOI} jours)",
        definition=(
            f"Part des nouveaux entrants du mois orientés dans les {_SEMAINES} semaines "
            f"({_JOURS_LOI} jours) qui suivent la réception de l'information d'ouverture ; "
            "au-delà, France Travail oriente. N'existe que pour les entrées connues depuis le "
            f"{_LOI.du:%d/%m/%Y}. Compté au mois de l'entrée, une fois par personne."
        ),
        source=_LOI.reference,
        denominateur=ENTRER,
        numerateur=ORIENTER,
        condition=f"n.le <= d.le + {_JOURS_LOI}",
        filtre=f"d.le >= date '{_LOI.du.isoformat()}'",
        ligne_convention=LIGNE,
    ),
)
