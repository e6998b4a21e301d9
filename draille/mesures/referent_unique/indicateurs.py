"""Les indicateurs du référent unique : qui en a un, en combien de temps, avec quelle continuité."""

from pathlib import Path

from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.parametres import Registre

# La ligne de la convention de la Haute-Loire qui finance le référent unique.
LIGNE = "referent_et_chantiers"
ORIENTER = ("orientation_rsa.orienter",)
DESIGNER = ("referent_unique.designer",)

# Le fichier de la mesure seul : un réglage local ne change pas une définition.
_PARAMETRES = Registre.charger([Path(__file__).with_name("parametres.yaml")])
_DELAI = _PARAMETRES.historique("referent_unique.delai_designer")[-1]
_PROCHE = _PARAMETRES.historique("referent_unique.seuil_proche")[-1]
_JOURS = int(str(_DELAI.valeur))
_DIXIEMES = int(str(_PROCHE.valeur))

INDICATEURS = (
    Indicateur(
        code="referents-designes",
        version=1,
        libelle="Orientés ayant un référent unique",
        definition=(
            "Part des personnes orientées dans le mois à qui un référent unique a été désigné, "
            "quelle qu'en soit la date. Compté au mois de l'orientation, une fois par personne."
        ),
        source="CASF L262-27 (un référent unique) ; convention 2019-2021, ligne du référent",
        denominateur=ORIENTER,
        numerateur=DESIGNER,
        condition="n.le >= d.le",
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code=f"referents-{_JOURS}j",
        version=1,
        libelle=f"Référent désigné en {_JOURS} jours",
        definition=(
            "Part des personnes orientées dans le mois à qui un référent unique a été désigné au "
            f"plus tard {_JOURS} jours après l'orientation. Compté au mois de l'orientation, une "
            "fois par personne."
        ),
        source=_DELAI.reference,
        denominateur=ORIENTER,
        numerateur=DESIGNER,
        condition=f"n.le >= d.le AND n.le <= d.le + {_JOURS}",
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code="referents-proches",
        version=1,
        libelle=f"Référent à {_DIXIEMES // 10} minutes au plus",
        definition=(
            "Part des désignations du mois dont le bureau du référent est à "
            f"{_DIXIEMES // 10} minutes au plus de la commune de la personne, en voiture "
            "(estimation), parmi celles dont le trajet est connu."
        ),
        source=_PROCHE.reference,
        denominateur=DESIGNER,
        numerateur=DESIGNER,
        condition=f"n.id = d.id AND (n.charge->>'minutes')::integer <= {_DIXIEMES}",
        filtre="d.charge->>'minutes' IS NOT NULL",
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code="referents-changes",
        version=1,
        libelle="Changements de référent",
        definition=(
            "Nombre de personnes dont le référent unique a changé dans le mois, pour quelque "
            "raison que ce soit."
        ),
        source="CASF L262-27 (un référent unique pour tout le parcours)",
        denominateur=("referent_unique.passer",),
        ligne_convention=LIGNE,
    ),
    Indicateur(
        code="C2",
        version=1,
        libelle="Accompagnés par un référent de parcours",
        definition=(
            "Nombre de personnes qui ont choisi un référent de parcours, comptées au mois de leur "
            "premier choix, une fois par personne."
        ),
        source="Stratégie pauvreté, indicateur C2 (référent de parcours)",
        denominateur=("referent_unique.choisir_parcours",),
        unicite="premiere",
        ligne_convention=LIGNE,
    ),
)
