"""A5. La graine :

« Les grands axes de travail mis en œuvre sur la période 2021-2025 sont présentés dans le Programme
départemental de l'insertion (PDI). Ce programme vise à fluidifier l'entrée dans le dispositif,
articuler accompagnement social et vers l'emploi, renforcer le lien à l'entreprise et articuler
capacités des personnes, et pouvoir d'agir. »

Et la loi (CASF L263-1) : l'assemblée délibère avant le 31 mars de chaque année.
"""

from datetime import date

from draille.mesures.pdi import lectures, regles
from draille.mesures.pdi.actes import SaisieDeliberation, charger_pdi, deliberer
from draille.noyau.echeance.lectures import du_departement
from tests.conventions import publie

LE = date(2021, 6, 1)


def programme() -> regles.Programme:
    dossier = next((publie.RACINE / "departements").glob("07_*"))
    return regles.charger_fichier(chemin=dossier / "pdi.yaml")


def test_chaque_phrase_du_pdi_est_dans_la_page():
    texte = publie.page("07_solidarites_2021.txt")
    lu = programme()
    preuves = [lu.preuve, *(x.preuve for x in lu.axes)]
    preuves += [a.preuve for x in lu.axes for a in x.actions if a.preuve]
    assert len(preuves) == 11
    assert [p.phrase for p in preuves if publie.a_plat(p.phrase) not in texte] == []


def test_les_quatre_axes_de_travail_sont_ceux_de_la_phrase():
    lu = programme()
    assert [x.libelle for x in lu.axes] == [
        "Fluidifier l'entrée dans le dispositif",
        "Articuler accompagnement social et vers l'emploi",
        "Renforcer le lien à l'entreprise",
        "Articuler capacités des personnes et pouvoir d'agir",
    ]
    (phrase,) = {
        x.preuve.phrase.replace("’", "'").replace(", et pouvoir", " et pouvoir") for x in lu.axes
    }
    for axe in lu.axes:
        assert axe.libelle[0].lower() + axe.libelle[1:] in phrase
        assert axe.actions


def test_la_deliberation_de_chaque_annee_est_a_temps_la_veille_du_31_mars(systeme):
    charger_pdi(contenu=programme(), par=systeme, le=date(2021, 1, 4))
    dues = du_departement(code="pdi.deliberation", le=LE)
    assert [e.avant_le for e in dues] == [date(a, 3, 30) for a in range(2021, 2026)]
    (lu,) = lectures.programmes(departement="07", le=LE)
    saisie = SaisieDeliberation(deliberee_le=date(2021, 3, 31), reference="fictive")
    deliberer(programme_id=lu.id, saisie=saisie, par=systeme, le=LE)
    (lu,) = lectures.programmes(departement="07", le=LE)
    assert lu.annees[0].etat is regles.EtatAnnee.TENUE_EN_RETARD
    assert len(du_departement(code="pdi.deliberation", le=LE)) == 4
