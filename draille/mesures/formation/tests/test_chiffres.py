"""Les chiffres : les mêmes au moteur, à la page, à la liste ; et le coût sur la ligne."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.ecrans.panneaux import figures
from draille.mesures.formation import lectures_chiffres, regles_chiffres
from draille.mesures.formation.indicateurs import INDICATEURS, LIGNE
from draille.mesures.formation.lectures_chiffres import Critere
from draille.mesures.formation.regles_chiffres import Suivie
from draille.mesures.formation.tests import fabrique as f
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import indicateur
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import actes as actes_declares
from draille.socle.acces import Acces, Role

FIN = date(2020, 12, 31)
ANNEE = Periode.annee(2020)


@pytest.fixture
def monde(systeme: Acces) -> Acces:
    """Trois sessions closes dans deux secteurs ; Un en suit deux, Deux et Trois une."""
    puy = f.commune("43157", "Le Puy-en-Velay", "Velay")
    brioude = f.commune("43040", "Brioude", "Brivadois")
    f.suivie(systeme, "Un", "Deux", commune_id=puy.pk)
    f.suivie(
        systeme,
        "Un",
        debut=date(2020, 11, 3),
        le=date(2020, 10, 20),
        theme="outil_premier_accueil",
        commune_id=brioude.pk,
        jours=2,
        cout=Decimal("850.25"),
    )
    f.suivie(systeme, "Trois", debut=date(2020, 11, 10), le=date(2020, 11, 4))
    f.au(FIN, systeme)
    return systeme


def test_la_page_et_le_moteur_disent_la_meme_chose(monde: Acces) -> None:
    lus = lectures_chiffres.chiffres(annee=2020, le=FIN)
    assert lus.total.professionnels == 3
    assert lus.total.demi_journees == 2 * 2 + 4 + 2
    assert lus.total.heures == Decimal(35)
    professionnels = indicateur("formation-professionnels")
    compte = {"periode": ANNEE, "acces": monde, "le": FIN}
    assert adaptateur.annuelle(indicateur=professionnels, **compte).denominateur == 3
    for theme in lus.themes:
        lu = adaptateur.annuelle(
            indicateur=indicateur(f"formation-theme-{theme.part.cle}"), **compte
        )
        assert lu.denominateur == theme.part.professionnels
    demis = indicateur("formation-demi-journees")
    assert adaptateur.annuelle(indicateur=demis, **compte).denominateur == lus.total.demi_journees
    serie = adaptateur.serie(indicateur=professionnels, **compte)
    assert [c.denominateur for _, c in serie] == [m.part.professionnels for m in lus.mois]
    secteurs = adaptateur.par_territoire(indicateur=professionnels, nature="secteur", **compte)
    assert {t.nom: t.compte.denominateur for t in secteurs} == {
        p.libelle: p.part.professionnels for p in lus.secteurs if p.part.cle != "aucun"
    }
    assert {p.libelle: p.part.professionnels for p in lus.secteurs} == {
        "Secteur Velay": 2,
        "Secteur Brivadois": 0,
        "Sans secteur connu": 1,
    }


def test_chaque_nombre_est_la_longueur_de_sa_liste(monde: Acces) -> None:
    lus = lectures_chiffres.chiffres(annee=2020, le=FIN)
    for part in (*lus.themes, *lus.mois, *lus.secteurs):
        nom, valeur = part.critere.split("=")
        champ = {nom: int(valeur) if nom == "mois" else valeur}
        liste = lectures_chiffres.suivies(critere=Critere(annee=2020, **champ), acces=monde, le=FIN)
        comptes = lectures_chiffres.suivies(
            critere=Critere(annee=2020, est_compte=True, **champ), acces=monde, le=FIN
        )
        assert len(liste) == part.part.demi_journees
        assert sum((s.suivie.heures for s in liste), Decimal(0)) == part.part.heures
        assert len(comptes) == part.part.professionnels


def test_une_lecture_a_une_date_ne_voit_pas_la_suite(monde: Acces) -> None:
    avant = lectures_chiffres.chiffres(annee=2020, le=date(2020, 10, 31))
    assert (avant.total.professionnels, avant.cout.reel) == (2, Decimal(1100))
    assert avant.cout.prevu == Decimal(1200)
    assert [m.libelle for m in avant.mois][-1] == "octobre 2020"


def test_le_nom_ne_se_lit_qu_a_qui_gere_et_chacun_lit_le_sien(monde: Acces) -> None:
    def noms(role: Role, nom: str) -> set[str]:
        acces = f.acces(role, f.agent(nom))
        critere = Critere(annee=2020)
        lues = lectures_chiffres.suivies(critere=critere, acces=acces, le=FIN)
        return {s.professionnel for s in lues}

    assert noms(Role.CADRE, "Chef") == {"Mathilde Un", "Mathilde Deux", "Mathilde Trois"}
    assert noms(Role.REFERENT, "Un") == {"Mathilde Un", "Nom non ouvert à votre fonction"}


def test_le_cout_se_lit_sur_le_montant_de_la_convention(monde: Acces) -> None:
    lu = next(x for x in figures(lignes=[LIGNE], acces=monde, le=FIN) if "cout" in x.declaree.code)
    assert lu.valeur == "3\u202f050,25\u00a0€"
    charge = next(a.charge for a in actes_declares() if a.code == "convention.inscrire_ligne")
    for rang, montant in enumerate((Decimal(15_000), Decimal(18_000))):
        consigner(
            charge=charge(
                "43", "pauvrete", f"texte{rang}", "formation", "Formation", "nationale", montant,
                ["formation"],
            ),
            par=monde,
            le=FIN,
            sujet=Sujet(),
        )  # fmt: skip
    # Le texte le plus récent remplace le montant ; il ne s'y ajoute pas.
    lu = next(x for x in figures(lignes=[LIGNE], acces=monde, le=FIN) if "cout" in x.declaree.code)
    assert lu.valeur == "3\u202f050,25\u00a0€ sur 18\u202f000\u00a0€"
    retrait = next(a.charge for a in actes_declares() if a.code == "convention.retirer_ligne")
    consigner(charge=retrait("pauvrete", "texte2", "formation"), par=monde, le=FIN, sujet=Sujet())
    assert lectures_chiffres.credit(le=FIN) is None
    heures = next(
        x for x in figures(lignes=[LIGNE], acces=monde, le=FIN) if "heures" in x.declaree.code
    )
    assert heures.valeur == "35\u00a0heures"


def test_chaque_theme_a_son_indicateur_sur_la_ligne() -> None:
    assert {i.ligne_convention for i in INDICATEURS} == {"formation"}
    assert len({i.code for i in INDICATEURS}) == len(INDICATEURS) == 2 + 7


JOURS = st.dates(date(2020, 1, 1), date(2020, 12, 31))
SUIVIES = st.lists(
    st.builds(
        lambda ligne, jour, qui, theme, heures, forme, secteur: Suivie(
            ligne_id=ligne,
            le=jour,
            annee_id=qui,
            professionnel_id=qui,
            session_id=1,
            theme=theme,
            heures=heures,
            est_forme=forme,
            secteur=secteur,
        ),
        st.integers(1, 10_000),
        JOURS,
        st.integers(1, 6),
        st.sampled_from(["aller_vers", "numerique"]),
        st.sampled_from([Decimal(3), Decimal("3.5")]),
        st.booleans(),
        st.sampled_from(["1", "2", "aucun"]),
    ),
    max_size=30,
    unique_by=lambda s: s.ligne_id,
)


@given(SUIVIES)
def test_les_parts_font_le_tout_quelles_que_soient_les_lignes(suivies: list[Suivie]) -> None:
    total = regles_chiffres.total(suivies)
    for parts in (regles_chiffres.par_mois(suivies), regles_chiffres.par_secteur(suivies)):
        assert sum(p.professionnels for p in parts) == total.professionnels
        assert sum(p.demi_journees for p in parts) == total.demi_journees
        assert sum((p.heures for p in parts), Decimal(0)) == total.heures
    themes = regles_chiffres.par_theme(suivies)
    assert sum((p.heures for p in themes), Decimal(0)) == total.heures
    assert sum(p.professionnels for p in themes) >= total.professionnels
    assert total.professionnels == len({s.annee_id for s in suivies if s.est_forme})


def test_une_annee_ne_compte_pas_l_autre(systeme: Acces) -> None:
    f.suivie(systeme, "Un", debut=date(2020, 12, 31), le=date(2020, 12, 30))
    f.suivie(systeme, "Un", debut=date(2021, 1, 4), le=date(2021, 1, 2))
    fin = date(2021, 1, 4) + timedelta(days=1)
    assert [
        lectures_chiffres.chiffres(annee=a, le=fin).total.professionnels for a in (2020, 2021)
    ] == [1, 1]
    professionnels = indicateur("formation-professionnels")
    for annee in (2020, 2021):
        lu = adaptateur.annuelle(
            indicateur=professionnels, periode=Periode.annee(annee), acces=systeme, le=fin
        )
        assert lu.denominateur == 1
