"""Le lecteur face à des fichiers abîmés au hasard : jamais d'arrêt brutal, jamais de perte.

La propriété : un fichier accepté rend autant de dossiers et de rejets qu'il contient de foyers.
"""

import io
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from draille.moteurs.flux.calcul.caf import FichierRefuse, corriger, lire, lire_fragment
from draille.moteurs.flux.calcul.enregistrements import Dossier, Rejet, Totaux
from draille.moteurs.flux.calcul.refus import PHRASES
from draille.moteurs.flux.calcul.reprise import BLOC_DU_CHAMP
from draille.moteurs.flux.tests.fabrique import dossier, fichier, personne

NOMBRE = 3
TEXTES = [
    dossier(1, personnes=personne() + personne("CJT", NIR=None, PRENOM="PAUL", SEXE="1")),
    dossier(2, etat="4"),
    dossier(3),
]
MODELE = fichier(TEXTES)
FEUILLE = re.compile(rb"<([A-Z0-9]+)>([^<\n]*)</\1>")
FEUILLES = [m.span(2) for m in FEUILLE.finditer(MODELE)]
BALISES = [m.span() for m in re.finditer(rb"</?[A-Za-z0-9]+>", MODELE)]
BLOCS = [
    m.span()
    for m in re.finditer(rb"<([A-Z][A-Za-z]+)>\n(?:<[A-Z0-9]+>[^<]*</[A-Z0-9]+>\n)+</\1>\n", MODELE)
]
VALEURS = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                '"',
                "0",
                "-1",
                "1.234",
                "NaN",
                "1e9",
                "9999-12-31",
                "0000-00-00",
                "2020-02-30",
            ),
            *(
                "2020-01-01Z",
                "２０２０-01-01",
                "284034315701237",
                "2840343157012",
                "&amp;",
                "&lt;a/&gt;",
            ),
            *("<![CDATA[DUPONT]]>", "<b>x</b>", "<!-- x -->", "<?p x?>", "A" * 400, "é" * 40, "٣"),
        ]
    ),
    st.text(
        st.characters(codec="cp1252", exclude_categories=["Cc"], exclude_characters="<&"),
        max_size=20,
    ),
)


def lu_ou_refuse(contenu: bytes) -> list | None:
    """Rend ce qui est lu, ou rien si le fichier est refusé ; toute autre erreur remonte."""
    try:
        return list(lire(io.BytesIO(contenu), nom="alea.xml"))
    except FichierRefuse as refus:
        assert refus.code in PHRASES
        assert refus.message.endswith(".")
        return None


def verifier(contenu: bytes, foyers: int | None = None) -> None:
    lus = lu_ou_refuse(contenu)
    if lus is None:
        return
    rendus = [lu for lu in lus if isinstance(lu, Dossier | Rejet)]
    totaux = lus[-1]
    assert isinstance(totaux, Totaux)
    assert len(rendus) == totaux.lus == totaux.annonces
    assert [lu.rang for lu in rendus] == list(range(1, totaux.lus + 1))
    if foyers is not None:
        assert len(rendus) == foyers
    for rejet in rendus:
        if isinstance(rejet, Rejet):
            assert 1 <= rejet.ligne <= contenu.count(b"\n") + 1
            assert rejet.motif.startswith("Ligne ")
            relu = lire_fragment(rejet.contenu, rang=rejet.rang)
            assert isinstance(relu, Rejet) or rejet.code in {"dossier_en_double", "date_impossible"}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(MODELE) - 1), st.binary(max_size=3)), min_size=1, max_size=4
    )
)
def test_octets_abimes(mutations):
    contenu = bytearray(MODELE)
    for place, octets in mutations:
        contenu[place : place + len(octets) or place + 1] = octets
    verifier(bytes(contenu))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(MODELE) - 8))
def test_un_fichier_tronque_n_est_jamais_accepte(longueur):
    assert lu_ou_refuse(MODELE[:longueur]) is None


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FEUILLES), VALEURS), min_size=1, max_size=4))
def test_champs_remplaces(mutations):
    contenu = MODELE
    for (debut, fin), valeur in sorted(dict(mutations).items(), reverse=True):
        contenu = contenu[:debut] + valeur.encode("cp1252", "xmlcharrefreplace") + contenu[fin:]
    verifier(contenu, NOMBRE)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(BLOCS), st.sampled_from(["oter", "doubler", "deplacer"]), st.sampled_from(BLOCS)
)
def test_blocs_otes_doubles_ou_deplaces(bloc, geste, ailleurs):
    (debut, fin), (place, _) = bloc, ailleurs
    morceau = MODELE[debut:fin]
    if geste == "oter":
        contenu = MODELE[:debut] + MODELE[fin:]
    elif geste == "doubler":
        contenu = MODELE[:debut] + morceau + MODELE[debut:]
    else:
        contenu = MODELE[:place] + morceau + MODELE[place:]
    verifier(contenu, NOMBRE)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(BALISES), st.sampled_from(BALISES))
def test_balises_echangees(une, autre):
    (a, b), (c, d) = sorted((une, autre))
    if b <= c:
        verifier(MODELE[:a] + MODELE[c:d] + MODELE[b:c] + MODELE[a:b] + MODELE[d:])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(BLOC_DU_CHAMP)), VALEURS, st.integers(1, 3))
def test_corriger_ne_casse_jamais_le_dossier(champ, valeur, occurrence):
    contenu = TEXTES[0].encode()
    try:
        corrige = corriger(contenu, champ, valeur, occurrence)
    except FichierRefuse as refus:
        assert refus.code in {"champ_introuvable", "valeur_impossible"}
        return
    assert isinstance(lire_fragment(corrige), Dossier | Rejet)
