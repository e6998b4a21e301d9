"""Le résumé dit ce que fait Draille et, à côté, ce que ferait le premier arrivé."""

from draille.demo import resume_accompagnement

RESUME = {
    "referents": {"orientees": 40, "avec_referent": 38},
    "affectation": {
        "draille": {
            "nombre": 38,
            "part_30_min": 0.9211,
            "minutes_moyennes": 14.2,
            "ecart_type_charges": 3.25,
        },
        "premier_arrive": {
            "nombre": 38,
            "part_30_min": 0.8158,
            "minutes_moyennes": 13.1,
            "ecart_type_charges": 7.5,
        },
    },
    "convocations": {
        motif: {
            "draille": {"nombre": 60, "en_retard": 4, "minutes_moyennes": 11.0},
            "premier_arrive": {"nombre": 60, "en_retard": 17, "minutes_moyennes": 19.0},
        }
        for motif in ("orientation", "referent")
    },
    "rendez_vous": {"fixe": 5, "honore": 41, "excuse": 6, "manque": 8, "annule": 2},
    "messages": {"remis": 123, "par_canal": {"courriel": 80, "sms": 43}},
}


def test_les_deux_se_lisent_sur_la_meme_ligne():
    phrases = list(resume_accompagnement.en_phrases(RESUME))
    for mesure in ("30 minutes", "Minutes moyennes", "Écart-type", "Convocations"):
        lignes = [p for p in phrases if mesure in p]
        assert lignes
        assert all("Draille" in p and "premier arrivé" in p for p in lignes)
    texte = "\n".join(phrases)
    for nombre in ("92,1", "81,6", "14,2", "13,1", "3,25", "7,5", " 4,", " 17.", "41", "123"):
        assert nombre in texte


def test_sans_designation_rien_ne_se_compare():
    vide = {"nombre": 0, "part_30_min": None, "minutes_moyennes": None, "ecart_type_charges": None}
    resume = {**RESUME, "affectation": {"draille": vide, "premier_arrive": vide}}
    phrases = "\n".join(resume_accompagnement.en_phrases(resume))
    assert "30 minutes" not in phrases
    assert "Rendez-vous honorés : 41" in phrases
