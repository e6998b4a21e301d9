"""Le chiffrement : aller et retour, changement de clé, clé perdue, contenu altéré."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.socle.chiffrement import TAILLE_EMPREINTE, Trousseau
from draille.socle.refus import Refus

ANCIENNE = Trousseau(cles=((1, b"a" * 32),))
NOUVELLE = Trousseau(cles=((2, b"b" * 32),))
LES_DEUX = Trousseau(cles=((2, b"b" * 32), (1, b"a" * 32)))
NIR = b"2730143990078"


@given(st.binary(max_size=300))
def test_ce_qui_est_chiffre_se_dechiffre(clair):
    assert ANCIENNE.dechiffrer(ANCIENNE.chiffrer(clair)) == clair


def test_deux_chiffres_du_meme_clair_different_et_ne_le_montrent_pas():
    un, deux = ANCIENNE.chiffrer(NIR), ANCIENNE.chiffrer(NIR)
    assert un != deux
    assert NIR not in un
    assert un[0] == 1


def test_pendant_un_changement_de_cle_lancien_se_lit_et_le_nouveau_secrit():
    ancien = ANCIENNE.chiffrer(NIR)
    assert LES_DEUX.dechiffrer(ancien) == NIR
    nouveau = LES_DEUX.chiffrer(NIR)
    assert nouveau[0] == LES_DEUX.version == 2
    assert NOUVELLE.dechiffrer(nouveau) == NIR


@pytest.mark.parametrize(
    "chiffre",
    [
        NOUVELLE.chiffrer(NIR),
        Trousseau(cles=((1, b"c" * 32),)).chiffrer(NIR),
        b"",
        b"\x01",
        b"\x01" + b"0" * 12,
        ANCIENNE.chiffrer(NIR)[:-1],
        bytes([1]) + bytes(40),
    ],
    ids=["autre version", "autre clé", "vide", "court", "sans chiffré", "tronqué", "zéros"],
)
def test_un_chiffre_illisible_est_refuse_sans_en_montrer_un_octet(chiffre):
    with pytest.raises(Refus) as refus:
        ANCIENNE.dechiffrer(chiffre)
    assert refus.value.code == "chiffrement.illisible"
    assert "DRAILLE_CLES" in refus.value.message


@given(st.integers(0, 1 + 12 + len(NIR) + 16 - 1), st.integers(1, 255))
def test_un_octet_altere_se_voit(rang, masque):
    chiffre = bytearray(ANCIENNE.chiffrer(NIR))
    chiffre[rang] ^= masque
    with pytest.raises(Refus):
        ANCIENNE.dechiffrer(bytes(chiffre))


def test_lempreinte_rapproche_sous_une_meme_cle_seulement():
    empreinte = ANCIENNE.empreinte(NIR)
    assert empreinte == ANCIENNE.empreinte(NIR)
    assert len(empreinte) == TAILLE_EMPREINTE
    assert empreinte != ANCIENNE.empreinte(b"2730143990079")
    assert empreinte != NOUVELLE.empreinte(NIR)
    assert LES_DEUX.empreinte(NIR) == NOUVELLE.empreinte(NIR)


def test_le_sceau_du_journal_survit_a_une_cle_ajoutee_en_tete():
    assert LES_DEUX.sceau(b"lot") == ANCIENNE.sceau(b"lot") != NOUVELLE.sceau(b"lot")


def _ecrite(version, cle):
    return f"{version}:{base64.b64encode(cle).decode()}"


def test_un_trousseau_se_lit_dans_lordre():
    texte = f" {_ecrite(7, b'b' * 32)} , {_ecrite(1, b'a' * 32)},"
    lu = Trousseau.lire(texte)
    assert lu.version == 7
    assert [v for v, _ in lu.cles] == [7, 1]


@pytest.mark.parametrize(
    "texte",
    [
        "",
        " , ",
        "1",
        "1:pas-du-base64!",
        _ecrite(1, b"a" * 31),
        _ecrite(0, b"a" * 32),
        _ecrite(256, b"a" * 32),
        _ecrite("x", b"a" * 32),
        f"{_ecrite(1, b'a' * 32)},2:court",
    ],
)
def test_un_trousseau_mal_ecrit_est_refuse_sans_montrer_la_cle(texte):
    with pytest.raises(Refus) as refus:
        Trousseau.lire(texte)
    assert refus.value.code == "chiffrement.cle"
    assert "YWFh" not in refus.value.message
