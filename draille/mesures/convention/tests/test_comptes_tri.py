"""Le tri des lignes, pour tout fichier : rien perdu, rien compté deux fois, l'ordre indifférent."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.convention.regles.comptes import (
    CadreConnu,
    Connu,
    FinanceurConnu,
    PieceConnue,
    Vue,
    compter,
    interpreter,
    totaliser,
    trier,
)
from draille.mesures.convention.regles.suivi import Etape, SortLigne

LIGNES = {"mobilite": "Mobilité", "sante": "Santé"}
CADRES = [CadreConnu(1, "c", "C", LIGNES, annees=range(2019, 2022))]
FINANCEURS = [FinanceurConnu("etat", "État", False), FinanceurConnu("dep", "Département", True)]
VIDE = Connu(cadres=CADRES, financeurs=FINANCEURS)


@st.composite
def rangees(tirer):
    """Une rangée : souvent juste, parfois fautive, et qui ressemble à d'autres."""
    etape = tirer(st.sampled_from(("engagement", "mandat", "mandat", "titre")))
    valeur = tirer(st.sampled_from(("100,00", "60,00", "0,01", "-60,00", "-0,01", "0", "dix", "")))
    return {
        "etape": etape,
        "numero": tirer(st.sampled_from(("1", "2", "3", ""))),
        "engagement": tirer(st.sampled_from(("1", "2", "9", ""))),
        "ligne": tirer(st.sampled_from(("mobilite", "Santé", "sante", "velo"))),
        "montant": valeur,
        "date": tirer(st.sampled_from(("01/03/2020", "15/11/2020", "10/01/2021", "30/02/2020"))),
        "exercice": tirer(st.sampled_from(("2020", "2020", "2021", "2002"))),
        "financeur": tirer(st.sampled_from(("", "", "État", "Région"))),
        "reduit": tirer(st.sampled_from(("", "1", "2"))),
        "nature": tirer(st.sampled_from(("6568", "6574"))),
    }


def lire(brutes):
    return [interpreter(brut=b, ou=("", n)) for n, b in enumerate(brutes, start=2)]


def devenir(connu: Connu, verdicts) -> Connu:
    """Ce que l'on sait après avoir écrit ces issues, comme l'acte le fait."""
    pieces = list(connu.pieces)
    for v in verdicts:
        if v.sort is SortLigne.IMPORTEE:
            reduit = v.reduit
            pieces.append(
                PieceConnue(
                    id=len(pieces) + 1,
                    cle=v.piece.cle,
                    etape=v.piece.etape,
                    numero=v.piece.numero,
                    exercice=v.piece.exercice,
                    cadre_id=v.piece.cadre_id,
                    ligne_code=v.piece.ligne_code,
                    montant=v.piece.montant,
                    datee_le=v.piece.datee_le,
                    annee=v.piece.annee,
                    financeur=v.piece.financeur,
                    engagement=v.piece.engagement,
                    est_reduction=reduit is not None,
                )
            )
    vues = {}
    for n, v in enumerate(verdicts):
        if v.sort is not SortLigne.REJETEE:
            en_attente = v.sort is SortLigne.A_REVOIR
            vues.setdefault(v.ligne.empreinte, []).append(Vue(n, f"ligne {n}", en_attente))
    return Connu(cadres=CADRES, financeurs=FINANCEURS, pieces=pieces, vues=vues)


def bilan(verdicts):
    return Counter((v.ligne.empreinte, v.sort, v.raison) for v in verdicts)


fichiers = st.lists(rangees(), max_size=14)


@given(fichiers)
def test_chaque_ligne_a_une_issue_et_une_seule(brutes):
    verdicts = trier(lignes=lire(brutes), connu=VIDE)
    assert [v.ligne.rang for v in verdicts] == list(range(2, len(brutes) + 2))
    assert sum(compter(verdicts=verdicts).values()) == len(brutes)
    for v in verdicts:
        assert (v.sort is SortLigne.IMPORTEE) == (v.piece is not None and not v.raison)
        assert v.sort is SortLigne.IMPORTEE or v.raison.endswith(".")


@given(fichiers, st.randoms())
def test_l_ordre_des_lignes_est_indifferent(brutes, hasard):
    melees = list(brutes)
    hasard.shuffle(melees)
    droit, mele = (trier(lignes=lire(b), connu=VIDE) for b in (brutes, melees))
    assert bilan(droit) == bilan(mele)
    assert totaliser(verdicts=droit) == totaliser(verdicts=mele)


@given(fichiers)
def test_une_imputation_ne_compte_jamais_deux_fois(brutes):
    verdicts = trier(lignes=lire(brutes), connu=VIDE)
    cles = Counter(v.piece.cle for v in verdicts if v.sort is SortLigne.IMPORTEE)
    assert all(n == 1 for n in cles.values())
    recu = {e: Decimal(0) for e in (Etape.ENGAGEE, Etape.EXECUTEE, Etape.RECUE)}
    for v in verdicts:
        if v.sort is SortLigne.IMPORTEE:
            recu[v.piece.etape] += v.ligne.montant
    assert totaliser(verdicts=verdicts) == recu


@given(fichiers, fichiers)
def test_rejouer_un_fichier_augmente_ne_compte_que_le_neuf(brutes, suite):
    premier = trier(lignes=lire(brutes), connu=VIDE)
    apres = devenir(VIDE, premier)
    rejoue = trier(lignes=lire([*brutes, *suite]), connu=apres)
    deja = rejoue[: len(brutes)]
    comptees = Counter(v.piece.cle for v in (*premier, *rejoue) if v.sort is SortLigne.IMPORTEE)
    assert all(n == 1 for n in comptees.values())
    # Une ligne déjà comptée n'est jamais recomptée ; une ligne qui attendait peut trouver sa suite.
    for avant, ensuite in zip(premier, deja, strict=True):
        if avant.sort is SortLigne.REJETEE:
            assert ensuite.sort is SortLigne.REJETEE
    neuves = Counter(v.ligne.empreinte for v in premier if v.sort is SortLigne.IMPORTEE)
    connues = Counter(v.ligne.empreinte for v in rejoue if v.sort is SortLigne.CONNUE)
    assert all(connues[e] >= n for e, n in neuves.items())


@given(fichiers)
def test_le_meme_contenu_rejoue_ne_compte_rien(brutes):
    premier = trier(lignes=lire(brutes), connu=VIDE)
    rejoue = trier(lignes=lire(brutes), connu=devenir(VIDE, premier))
    assert not [v for v in rejoue if v.sort is SortLigne.IMPORTEE and v.vue is None]
    assert not [v for v in rejoue if v.sort is SortLigne.A_REVOIR]


@given(fichiers)
def test_aucun_engagement_n_est_mandate_au_dela_de_lui(brutes):
    verdicts = trier(lignes=lire(brutes), connu=VIDE)
    importees = [v for v in verdicts if v.sort is SortLigne.IMPORTEE]
    engages, mandates = Counter(), Counter()
    for v in importees:
        cible = v.reduit
        if v.piece.etape is Etape.ENGAGEE:
            engages[cible.numero if cible else v.piece.numero] += v.piece.montant
        elif v.piece.etape is Etape.EXECUTEE:
            mandates[cible.engagement if cible else v.piece.engagement] += v.piece.montant
    for numero, total in mandates.items():
        assert not numero or total <= engages[numero]
