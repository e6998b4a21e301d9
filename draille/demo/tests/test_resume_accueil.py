"""Le résumé dit l'accueil, chaque issue, et la couverture des deux Départements avec sa bande."""

from draille.demo import resume_accueil
from draille.moteurs.partage.models import Orientation

RESUME = {
    "accueil": {"total": 1271, "personnes": 835, "part_anonyme": 0.188},
    "orientations_suivies": {
        "total": 397,
        "par_issue": {str(s): 10 + rang for rang, s in enumerate(Orientation.Statut)},
        "en_retard": 12,
        "revenues": 23,
    },
    "doublons": {"a_revoir": 3, "a_confirmer": 1, "rejointes": 6, "distinctes": 4, "separees": 1},
    "couverture": {
        code: {
            "le": "2020-10-30",
            "part": part,
            "bande": [0.832, 0.981],
            "methode": "estimation",
            "seuil_minutes": 30,
        }
        for code, part in (("43", 0.952), ("07", 0.9001))
    },
}


def test_chaque_issue_se_lit():
    phrases = "\n".join(resume_accueil.en_phrases(RESUME))
    for attendu in ("271 accueils", "835 personnes", "18,8", "397", "12 sans réponse", "23 rev"):
        assert attendu in phrases
    for rang, statut in enumerate(Orientation.Statut):
        assert f"{statut.label.lower()} {10 + rang}" in phrases
    assert "6 rejoints" in phrases and "1 séparé" in phrases and "seconde personne" in phrases


def test_la_couverture_des_deux_departements_porte_methode_et_bande():
    lignes = [p for p in resume_accueil.en_phrases(RESUME) if "30 minutes" in p]
    assert len(lignes) == 2
    assert "Haute-Loire" in lignes[0] and "95,2" in lignes[0]
    assert "Ardèche" in lignes[1] and "90,0" in lignes[1]
    assert all("estimation, entre 83,2" in x and "98,1" in x for x in lignes)
