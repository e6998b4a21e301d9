"""Les règles des mouvements : un fichier d'exemples, et ce qui est vrai de tout mouvement."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.suivi_rsa import regles
from draille.mesures.suivi_rsa.regles import Apres, Avant

EXEMPLES = yaml.safe_load(
    Path(__file__).with_name("exemples").joinpath("evenements.yaml").read_text("utf-8")
)
MARS = date(2020, 3, 1)
jours = st.none() | st.dates(date(2018, 1, 1), date(2020, 3, 31))
avants = st.builds(
    Avant,
    etat=st.sampled_from(["", *regles.ETATS]),
    est_soumis=st.booleans(),
    suspendu_depuis=jours,
    a_eu_droit=st.booleans(),
    a_ete_versable=st.booleans(),
    a_entree=st.booleans(),
)
apress = st.builds(
    Apres,
    etat=st.sampled_from(["", "A", *regles.ETATS]),
    motif=st.sampled_from(["", "ECH", "06"]),
    est_soumis=st.booleans(),
    demande_le=jours,
    arrivee_le=jours,
    rattachee_le=jours,
    foyer_connu=st.booleans(),
)


@pytest.mark.parametrize("exemple", EXEMPLES, ids=lambda e: e["nom"])
def test_exemple(exemple: dict[str, Any]) -> None:
    faits = regles.evenements(
        avant=Avant(**exemple.get("avant", {})),
        apres=Apres(**exemple["apres"]),
        mois=exemple.get("mois", MARS),
    )
    assert [list(fait) for fait in faits] == exemple["attendu"]


@given(avant=avants, apres=apress)
def test_ce_qui_est_vrai_de_tout_mouvement(avant: Avant, apres: Apres) -> None:
    faits = regles.evenements(avant=avant, apres=apres, mois=MARS)
    actes = [fait.acte for fait in faits]
    assert len(set(actes)) == len(actes)
    est_dans = apres.etat == "2" and apres.est_soumis
    if "entrer" in actes:
        assert est_dans
        assert actes[-1] == "entrer"
        assert faits[-1].motif in regles.CATEGORIES
    if "sortir" in actes and "entrer" not in actes:
        assert avant.etat in regles.EN_DROIT
        assert not est_dans
    if est_dans and avant.etat not in regles.EN_DROIT:
        assert actes == ["entrer"]
    # Un mois tout pareil ne dit rien de plus, une fois l'entrée faite.
    pareil = Avant(
        apres.etat if apres.etat != "A" else "", apres.est_soumis, None, True, True, True
    )
    assert regles.evenements(avant=pareil, apres=apres, mois=MARS) == ()


def test_chaque_sortie_et_chaque_categorie_a_un_libelle() -> None:
    motifs = {regles.motif_de_sortie(Apres(etat=e)) for e in ["", "A", *regles.ETATS]}
    assert motifs <= set(regles.SORTIES)
    assert len(regles.CATEGORIES) == 5
