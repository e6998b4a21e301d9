"""Le calcul pur : ce qui se ressemble, ce qui se contredit, ce que les blocs ne perdent pas."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.rapprochement.calcul.blocs import TAILLE_MAXIMALE, paires
from draille.moteurs.rapprochement.calcul.formes import Profil, chiffres_utiles, son
from draille.moteurs.rapprochement.calcul.poids import POIDS, peser, raison
from draille.moteurs.rapprochement.calcul.types import Fiche, Pesee, Seuils, Zone
from draille.moteurs.rapprochement.calcul.zones import classer, rapprocher, zone

SEUILS = Seuils(certaine=20, marge=3, revue=11)
NEE = date(1984, 3, 12)


def _fiche(ident=1, nom="Lefebvre", prenom="Camille", naissance=NEE, **champs):
    return Fiche(id=ident, nom_naissance=nom, prenom=prenom, naissance=naissance, **champs)


def _peser(a, b):
    return peser(Profil(a), Profil(b))


@pytest.mark.parametrize(
    ("autre", "attendue"),
    [
        (_fiche(2), "nom_identique"),
        (_fiche(2, nom="LEFÈBVRE"), "nom_identique"),
        (_fiche(2, nom="Lefevre"), "nom_proche"),
        (_fiche(2, nom="Lefebvre-Garnier"), "nom_compose"),
        (_fiche(2, nom="Garnier", nom_usage="Lefebvre"), "nom_d_usage"),
        (_fiche(2, nom="Garnier"), "nom_different"),
        (_fiche(2, prenom="Camile"), "prenom_proche"),
        (_fiche(2, prenom="Anne-Camille"), "prenom_compose"),
        (_fiche(2, prenom="Cam"), "prenom_abrege"),
        (_fiche(2, prenom="Rose", prenoms_autres="Marie Camille"), "prenom_autre"),
        (_fiche(2, prenom="Rose"), "prenom_different"),
        (_fiche(2, nom="Camille", prenom="Lefebvre"), "nom_prenom_inverses"),
        (_fiche(2, naissance=date(1984, 12, 3)), "naissance_inversee"),
        (_fiche(2, naissance=date(1984, 3, 17)), "naissance_un_chiffre"),
        (_fiche(2, naissance=date(1984, 3, 21)), "naissance_deux_chiffres"),
        (_fiche(2, naissance=date(1984, 1, 1), precision="O"), "naissance_annee"),
        (_fiche(2, naissance=date(1984, 3, 1), precision="J"), "naissance_mois"),
        (_fiche(2, naissance=date(1984, 4, 1), precision="J"), "naissance_differente"),
        (_fiche(2, naissance=date(1991, 7, 30)), "naissance_differente"),
        (_fiche(2, prenom="Rose"), "jumeaux"),
    ],
)
def test_chaque_faute_a_son_nom(autre, attendue):
    assert attendue in _peser(_fiche(), autre).raisons


def test_le_poids_est_la_somme_de_ses_raisons():
    pesee = _peser(_fiche(commune=3, sexe="2"), _fiche(2, nom="Lefevre", commune=3, sexe="2"))
    assert pesee.poids == sum(raison(c).poids for c in pesee.raisons) == 5 + 6 + 12 + 1 + 3


_TEXTE = st.text(alphabet="abcdeéh -'", max_size=7)
_FICHES = st.builds(
    Fiche,
    id=st.integers(1, 99),
    nom_naissance=_TEXTE,
    nom_usage=_TEXTE,
    prenom=_TEXTE,
    prenoms_autres=_TEXTE,
    sexe=st.sampled_from(["", "1", "2"]),
    naissance=st.none() | st.dates(date(1980, 1, 1), date(1982, 12, 31)),
    precision=st.sampled_from("NJO"),
    commune=st.none() | st.integers(1, 3),
    matricules=st.frozensets(st.sampled_from(["1", "02"])),
    nir=st.sampled_from([b"", b"1", b"2"]),
)


@given(_FICHES, _FICHES)
def test_peser_est_symetrique_et_ses_raisons_sont_connues(a, b):
    pesee = _peser(a, b)
    inverse = _peser(b, a)
    assert (pesee.poids, set(pesee.raisons)) == (inverse.poids, set(inverse.raisons))
    assert set(pesee.raisons) <= set(POIDS)
    assert len(set(pesee.raisons)) == len(pesee.raisons)


def test_un_numero_de_securite_sociale_different_separe_quoi_qu_il_en_soit():
    memes = {"commune": 3, "telephone": "0612345678", "courriel": "a@example.org", "sexe": "2"}
    a, b = _fiche(**memes, nir=b"a"), _fiche(2, **memes, nir=b"b")
    assert rapprocher([a, b], seuils=SEUILS) == []
    (paire,) = rapprocher([a, _fiche(2, **memes)], seuils=SEUILS)
    assert paire.zone == Zone.CERTAINE


def test_des_jumeaux_et_un_pere_homonyme_ne_sont_jamais_surs():
    maison = {"commune": 3, "telephone": "0612345678", "matricules": frozenset({"77"})}
    jumelles = [_fiche(1, **maison), _fiche(2, prenom="Rose", **maison)]
    pere = [_fiche(1, **maison), _fiche(2, naissance=date(1955, 7, 30), **maison)]
    for deux in (jumelles, pere):
        assert all(p.zone == Zone.A_REVOIR for p in rapprocher(deux, seuils=SEUILS))


def test_les_zones_se_touchent_sans_se_couvrir():
    def ou(poids, marge=9, a_ecart=False):
        return zone(Pesee(poids, (), a_ecart), marge=marge, seuils=SEUILS)

    assert [ou(10), ou(11), ou(19), ou(20)] == [
        Zone.NOUVELLE,
        Zone.A_REVOIR,
        Zone.A_REVOIR,
        Zone.CERTAINE,
    ]
    assert ou(30, marge=2) == ou(30, a_ecart=True) == Zone.A_REVOIR
    assert ou(20, marge=3) == Zone.CERTAINE


def test_deux_candidates_aussi_ressemblantes_ne_sont_pas_sures():
    pesees = [(0, i, Pesee(27, (), False)) for i in (1, 2)]
    assert {p.zone for p in classer(pesees, seuils=SEUILS)} == {Zone.A_REVOIR}
    loin = [(0, 1, Pesee(27, (), False)), (0, 2, Pesee(24, (), False))]
    assert [p.zone for p in classer(loin, seuils=SEUILS)] == [Zone.CERTAINE, Zone.A_REVOIR]


def test_les_blocs_ne_perdent_aucune_faute_seule():
    """Chaque faute de la table, seule, laisse un bloc commun aux deux fiches."""
    origine = _fiche(commune=3)
    fautes = [
        _fiche(2, nom="Zefebvre", commune=3),
        _fiche(2, nom="Garnier", commune=3),
        _fiche(2, prenom="Kamille", commune=3),
        _fiche(2, prenom="Lefebvre", nom="Camille", commune=3),
        _fiche(2, naissance=date(1984, 12, 3)),
        _fiche(2, naissance=date(1948, 3, 12)),
        _fiche(2, naissance=None),
        _fiche(2, nom="Zefebvre", naissance=date(1984, 1, 1), precision="O"),
        _fiche(2, nom="Zefebvre", naissance=None, commune=3),
    ]
    for faute in fautes:
        assert paires([Profil(origine), Profil(faute)]) == {1}, faute


def test_un_bloc_demesure_ne_coute_pas_le_carre():
    """Un numéro de téléphone de convenance, ou une date par défaut, ne rapproche personne."""
    noms = [f"{a}{b}{c}" for a in "bdfglmnprt" for b in "aeiou" for c in "bdfglmnprt"]
    fiches = [_fiche(i, nom=n, prenom=n[::-1], naissance=None) for i, n in enumerate(noms)]
    assert len(fiches) > TAILLE_MAXIMALE
    partages = [
        Fiche(id=f.id, nom_naissance=f.nom_naissance, prenom=f.prenom, telephone="0612345678")
        for f in fiches
    ]
    seules = paires([Profil(f) for f in fiches])
    assert paires([Profil(f) for f in partages]) == seules


def test_chercher_les_seules_nouvelles_rend_leurs_paires_et_aucune_autre():
    fiches = [_fiche(i) for i in (1, 2, 3)] + [_fiche(4, nom="Autre", prenom="Paul")]
    trouvees = rapprocher(fiches, seuils=SEUILS, nouvelles=frozenset({3, 4}))
    assert {(p.premiere, p.seconde) for p in trouvees} == {(1, 3), (2, 3)}


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("06 12 34 56 78", "612345678"),
        ("+33 6.12.34.56.78", "612345678"),
        ("0000000000", ""),
        ("0101", ""),
    ],
)
def test_un_telephone_se_compare_quelle_que_soit_son_ecriture(ecrit, lu):
    assert chiffres_utiles(ecrit) == lu


def test_les_sons_reunissent_ce_qui_se_prononce_pareil():
    assert son("dupont") == son("dupond")
    assert son("philippe") == son("filip")
    assert son("gauthier") == son("gautier")
    assert son("martin") != son("garnier")
