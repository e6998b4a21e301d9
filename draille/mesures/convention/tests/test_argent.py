"""L'argent d'une année : ce qui tombe juste, quelle que soit la convention."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.convention import regles
from draille.mesures.convention.regles import EtatParite, Portee, RegleParite
from draille.mesures.convention.regles.argent import GenreAlerte, PieceLue
from draille.mesures.convention.regles.argent_alertes import Seuils
from draille.mesures.convention.regles.argent_calculs import (
    Donnees,
    Echue,
    composer,
    parts_de_lannee,
    parts_prevues,
)
from draille.mesures.convention.regles.argent_partage import Partageur
from draille.mesures.convention.regles.argent_projection import Horizon, projeter
from draille.mesures.convention.regles.suivi import Etape
from draille.mesures.convention.tests.fabrique import (
    AUTRE,
    DEPARTEMENT,
    ETAT,
    PREUVE,
    ligne,
    montant,
)

CENTIME = Decimal("0.01")
FINANCEURS = (ETAT, DEPARTEMENT, AUTRE)
SEUILS = Seuils(execution_min=Decimal("0.9"), preavis_jours=30)
DES_COMPTES = (Etape.ENGAGEE, Etape.EXECUTEE, Etape.RECUE)


def lecture(lignes=(), financements=(), portee=Portee.TOTAL) -> regles.Lecture:
    texte = regles.Texte(
        "t", 0, "T", "le t", None, 2020, PREUVE, (), None, tuple(financements), tuple(lignes)
    )
    convention = regles.Convention(
        "c", regles.Genre.CONVENTION, "C", date(2020, 1, 1), date(2022, 1, 1),
        RegleParite(portee, Decimal("0.50")), PREUVE, (texte,),
    )  # fmt: skip
    return regles.lire_au(convention=convention, le=date(2020, 12, 31))


def donnees(lue, pieces=(), le=date(2020, 12, 31), annee=2020, **autres) -> Donnees:
    return Donnees(
        annee=annee,
        lecture=lue,
        pieces=tuple(pieces),
        financeurs=FINANCEURS,
        horizon=Horizon(date(annee, 1, 1), date(annee, 12, 31), le),
        seuils=SEUILS,
        **autres,
    )


def piece(n: int, etape: Etape, valeur: str, code="a", le=date(2020, 6, 1), financeur=""):
    return PieceLue(n, etape, code, 2020, Decimal(valeur), le, financeur)


euros = st.decimals(min_value=0, max_value=500_000, places=2)


@st.composite
def conventions(tirer):
    """Une convention, ses pièces sur deux années : tout ce qu'un fichier peut produire."""
    codes = tirer(st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True))
    lignes = []
    for code in codes:
        une = ligne(code, tirer(st.none() | euros.map(str)))
        if une.montant is not None and tirer(st.booleans()):
            part = (une.montant * tirer(st.integers(0, 100)) / 100).quantize(CENTIME)
            une = replace(
                une,
                repartition=(
                    montant(ETAT, str(part)),
                    montant(DEPARTEMENT, str(une.montant - part)),
                ),
            )
        lignes.append(une)
    annonces = [montant(f, str(tirer(euros))) for f in FINANCEURS if tirer(st.booleans())]
    pieces = [
        PieceLue(
            id=n,
            etape=tirer(st.sampled_from(DES_COMPTES)),
            ligne_code=tirer(st.sampled_from([*codes, "hors_texte"])),
            annee=tirer(st.sampled_from((2020, 2021))),
            montant=tirer(euros.filter(bool)) * tirer(st.sampled_from((1, 1, 1, -1))),
            datee_le=tirer(st.dates(date(2020, 1, 1), date(2021, 12, 31))),
            financeur=tirer(st.sampled_from(("", "", "etat", "departement", "region"))),
        )
        for n in range(tirer(st.integers(0, 12)))
    ]
    portee = tirer(st.sampled_from(list(Portee)))
    return lecture(lignes, annonces, portee), pieces


@given(conventions())
def test_lignes_financeurs_annees_et_etapes_s_accordent_au_centime(tiree):
    lue, pieces = tiree
    totaux = defaultdict(Decimal)
    for annee in (2020, 2021):
        de_lannee = [p for p in pieces if p.annee == annee]
        lues = donnees(lue, de_lannee, annee=annee)
        argent = composer(donnees=lues)
        for etape in DES_COMPTES:
            totaux[etape] += argent.totaux[etape]
        for etape, total in argent.totaux.items():
            hors_ligne = argent.non_affecte if etape is Etape.PREVUE else Decimal(0)
            assert sum(x.montants.get(etape, 0) for x in argent.lignes) + hors_ligne == total
            assert sum(m for (e, _), m in argent.par_financeur.items() if e is etape) == total
            for x in argent.lignes:
                parts = [m for (e, _), m in x.par_financeur.items() if e is etape]
                assert sum(parts, Decimal(0)) == x.montants.get(etape, 0)
            for f in FINANCEURS:
                des_lignes = sum(x.par_financeur.get((etape, f.code), 0) for x in argent.lignes)
                reste = (
                    argent.non_affecte_par_financeur.get(f.code, 0) if etape is Etape.PREVUE else 0
                )
                assert des_lignes + reste == argent.par_financeur.get((etape, f.code), 0)
    for etape in DES_COMPTES:
        assert totaux[etape] == sum(p.montant for p in pieces if p.etape is etape)


@given(conventions())
def test_chaque_chiffre_s_ouvre_sur_des_pieces_dont_la_somme_est_ce_chiffre(tiree):
    lue, pieces = tiree
    lues = donnees(lue, pieces)
    argent = composer(donnees=lues)
    ouvertes = parts_de_lannee(donnees=lues)
    for x in argent.lignes:
        for etape in DES_COMPTES:
            siennes = [
                p for p in ouvertes if (p.piece.ligne_code, p.piece.etape) == (x.code, etape)
            ]
            assert sum((p.montant for p in siennes), Decimal(0)) == x.montants[etape]
            for f in ("", *(f.code for f in FINANCEURS)):
                chiffre = x.par_financeur.get((etape, f), Decimal(0))
                assert sum((p.montant for p in siennes if p.financeur == f), Decimal(0)) == chiffre
    for x in lue.lignes:
        if x.montant is not None:
            attendu = argent.ligne(code=x.code).montants[Etape.PREVUE]
            assert sum(parts_prevues(ligne=x, donnees=lues).values()) == attendu
    par_piece = defaultdict(Decimal)
    for p in ouvertes:
        par_piece[p.piece.id] += p.montant
    assert {p.id: p.montant for p in pieces} == {**dict.fromkeys(par_piece, 0), **par_piece}


@given(st.lists(euros, max_size=30), st.lists(euros, min_size=1, max_size=4))
def test_le_partage_ne_s_ecarte_jamais_d_un_centime_de_son_du(montants, poids):
    cle = {f"f{i}": p for i, p in enumerate(poids)}
    partageur = Partageur(cle)
    recus = defaultdict(Decimal)
    for m in montants:
        parts = partageur.partager(montant=m)
        assert sum(parts.values()) == m
        assert all(p >= 0 for p in parts.values())
        for code, part in parts.items():
            recus[code] += part
    total, poids_total = sum(montants, Decimal(0)), sum(poids)
    for code, p in cle.items():
        if poids_total:
            assert abs(recus[code] - total * p / poids_total) <= CENTIME * len(cle)


@given(conventions(), st.randoms())
def test_l_ordre_des_pieces_est_indifferent(tiree, hasard):
    lue, pieces = tiree
    melees = list(pieces)
    hasard.shuffle(melees)
    assert composer(donnees=donnees(lue, pieces)) == composer(donnees=donnees(lue, melees))


def test_mille_pieces_partagees_gardent_la_parite_exacte():
    lignes = [ligne(code, "100") for code in "abcdefghi"]
    annonces = [montant(ETAT, "450"), montant(DEPARTEMENT, "450")]
    pieces = [piece(n, Etape.EXECUTEE, "0.01", "abcdefghi"[n % 9]) for n in range(1001)]
    argent = composer(donnees=donnees(lecture(lignes, annonces), pieces))
    assert argent.parites[Etape.EXECUTEE][0][1].etat is EtatParite.EXACTE
    assert all(x.est_partagee for x in argent.lignes)
    repartie = replace(
        ligne("a", "100"), repartition=(montant(ETAT, "50"), montant(DEPARTEMENT, "50"))
    )
    par_action = composer(donnees=donnees(lecture([repartie], portee=Portee.ACTION), pieces))
    lues = dict(par_action.parites[Etape.EXECUTEE])
    assert lues["a"].etat is EtatParite.EXACTE


def test_la_parite_rompue_dit_ce_qui_doit_changer_de_cote():
    lue = lecture([ligne("a", "100")], [montant(ETAT, "50"), montant(DEPARTEMENT, "50")])
    pieces = [
        piece(1, Etape.EXECUTEE, "60", financeur="etat"),
        piece(2, Etape.EXECUTEE, "30", financeur="departement"),
    ]
    argent = composer(donnees=donnees(lue, pieces))
    lue_parite = argent.parites[Etape.EXECUTEE][0][1]
    assert (lue_parite.etat, lue_parite.a_deplacer) == (EtatParite.ROMPUE, Decimal("15.00"))
    (alerte,) = [a for a in argent.alertes if a.genre is GenreAlerte.PARITE_ROMPUE]
    assert "15\u00a0€" in alerte.message and alerte.etape is Etape.EXECUTEE


def test_par_action_la_parite_se_lit_ligne_a_ligne():
    lue = lecture([ligne("a", "100"), ligne("b", "100")], portee=Portee.ACTION)
    pieces = [
        piece(1, Etape.ENGAGEE, "10", "a", financeur="etat"),
        piece(2, Etape.ENGAGEE, "10", "b", financeur="departement"),
    ]
    lues = dict(composer(donnees=donnees(lue, pieces)).parites[Etape.ENGAGEE])
    assert lues["a"].etat is EtatParite.ROMPUE
    assert lues["b"].etat is EtatParite.DEPARTEMENT_AU_DELA


def test_le_recu_se_compare_a_l_execute_et_une_avance_n_est_pas_une_alerte():
    lue = lecture([ligne("a", "100")], [montant(ETAT, "50"), montant(DEPARTEMENT, "50")])
    pieces = [
        piece(1, Etape.ENGAGEE, "100"),
        piece(2, Etape.EXECUTEE, "60"),
        piece(3, Etape.RECUE, "50", financeur="etat"),
    ]
    en_cours = composer(donnees=donnees(lue, pieces, le=date(2020, 10, 1)))
    recue = en_cours.parites[Etape.RECUE][0][1]
    assert (recue.etat, recue.montant_departement) == (EtatParite.ROMPUE, Decimal(10))
    genres = {a.genre for a in en_cours.alertes}
    assert GenreAlerte.PARITE_ROMPUE not in genres
    close = composer(donnees=donnees(lue, pieces))
    assert GenreAlerte.PARITE_ROMPUE in {a.genre for a in close.alertes}


def test_un_partage_sans_cle_n_est_a_personne_et_la_parite_ne_se_dit_pas():
    argent = composer(donnees=donnees(lecture([ligne("a", None)]), [piece(1, Etape.ENGAGEE, "10")]))
    assert argent.par_financeur == {(Etape.ENGAGEE, ""): Decimal(10)}
    assert argent.parites[Etape.ENGAGEE][0][1].etat is EtatParite.NON_PUBLIEE
    assert Etape.PREVUE not in argent.totaux
    assert argent.taux_execution is None


def test_les_alertes_disent_le_depassement_le_manque_et_l_echeance():
    lue = lecture([ligne("a", "100"), ligne("b", "100")])
    pieces = [
        piece(1, Etape.ENGAGEE, "150", "a"),
        piece(2, Etape.EXECUTEE, "10", "b"),
        piece(3, Etape.EXECUTEE, "100", "a"),
    ]
    echeances = (
        Echue("Rapport d'exécution", date(2021, 1, 10)),
        Echue("Lointaine", date(2022, 1, 1)),
        Echue("Délibération", date(2020, 12, 1)),
    )
    argent = composer(donnees=donnees(lue, pieces, echeances=echeances))
    a, b = argent.lignes
    assert [x.genre for x in a.alertes] == [GenreAlerte.ENGAGE_AU_DELA]
    assert [x.genre for x in b.alertes] == [
        GenreAlerte.EXECUTE_AU_DELA,
        GenreAlerte.SOUS_EXECUTION,
    ]
    dits = [x.message for x in argent.alertes if x.genre is GenreAlerte.ECHEANCE]
    assert dits[0].startswith("Délibération") and "dépassée de 30\u00a0jours" in dits[0]
    assert "il reste 10\u00a0jours" in dits[1] and len(dits) == 2


def test_une_ligne_hors_du_texte_reste_visible():
    argent = composer(
        donnees=donnees(
            lecture([ligne("a", "100")]),
            [piece(1, Etape.EXECUTEE, "10", "velo")],
            libelles={"velo": "Vélo"},
        )
    )
    hors = argent.ligne(code="velo")
    assert (hors.libelle, hors.est_du_texte, hors.montants[Etape.EXECUTEE]) == (
        "Vélo",
        False,
        Decimal(10),
    )
    assert hors.alertes


def test_la_projection_prolonge_le_rythme_entre_deux_bornes_et_sous_l_engage():
    horizon = Horizon(date(2020, 1, 1), date(2020, 12, 31), date(2020, 6, 30))
    mensuels = [
        piece(n, Etape.EXECUTEE, m, le=date(2020, n, 10))
        for n, m in enumerate(("80", "120", "100", "90", "110", "100"), start=1)
    ]
    libre = projeter(pieces=mensuels, engage=Decimal(0), horizon=horizon)
    assert libre.valeur == Decimal("1200.00")
    assert Decimal(600) < libre.bas < libre.valeur < libre.haut
    assert libre.haut - libre.valeur == libre.valeur - libre.bas
    bornee = projeter(pieces=mensuels, engage=Decimal(1000), horizon=horizon)
    assert (bornee.valeur, bornee.haut) == (Decimal("1000.00"), Decimal("1000.00"))
    assert "sans dépasser l'engagé" in bornee.methode


def test_la_projection_se_tait_trop_tot_et_s_arrete_a_la_cloture():
    mars = Horizon(date(2020, 1, 1), date(2020, 12, 31), date(2020, 3, 15))
    unique = [piece(1, Etape.EXECUTEE, "80", le=date(2020, 1, 10))]
    assert projeter(pieces=unique, engage=Decimal(0), horizon=mars) is None
    assert projeter(pieces=[], engage=Decimal(9), horizon=mars) is None
    close = Horizon(date(2020, 1, 1), date(2020, 12, 31), date(2021, 3, 15))
    fin = projeter(pieces=unique, engage=Decimal(0), horizon=close)
    assert (fin.valeur, fin.bas, fin.haut) == (Decimal(80), Decimal(80), Decimal(80))
