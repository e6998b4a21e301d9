"""Changer de clé de chiffrement : tout est rechiffré, et les NIR se retrouvent encore."""

import base64

import pytest

from draille.noyau.personne import lectures
from draille.noyau.personne.actes import Identite, inscrire, tourner_les_cles
from draille.noyau.personne.models import Personne
from draille.socle import chiffrement
from draille.socle.acces import Compartiment
from draille.socle.refus import Refus

NIRS = [f"27301439900{n:02}" for n in range(5)]


def _cles(*versions):
    return ",".join(f"{v}:{base64.b64encode(bytes([v]) * 32).decode()}" for v in versions)


@pytest.fixture
def sous_les_cles(settings):
    """Change DRAILLE_CLES et relit le trousseau, comme un serveur relancé."""

    def changer(*versions):
        settings.DRAILLE_CLES = _cles(*versions)
        chiffrement.trousseau.cache_clear()

    yield changer
    chiffrement.trousseau.cache_clear()


@pytest.fixture
def personnes(systeme, le, sous_les_cles):
    sous_les_cles(1)
    for nir in [*NIRS, ""]:
        inscrire(
            identite=Identite(nom_naissance=f"Nom {nir}", prenom="X", nir=nir),
            compartiment=Compartiment.INSERTION,
            commune_id=None,
            par=systeme,
            le=le,
        )
    return systeme


def _versions():
    lus = Personne.objects.exclude(nir_chiffre=None).values_list("nir_chiffre", flat=True)
    return {bytes(c)[0] for c in lus}


def test_tourner_rechiffre_tout_puis_lancienne_cle_ne_sert_plus(personnes, sous_les_cles):
    sous_les_cles(2, 1)
    assert lectures.chercher_par_nir(nir=NIRS[0], acces=personnes) == []
    avancements = []
    assert tourner_les_cles(progression=avancements.append) == len(NIRS)
    assert sum(avancements) == len(NIRS)
    assert _versions() == {2}
    sous_les_cles(2)
    for nir in NIRS:
        (trouvee,) = lectures.chercher_par_nir(nir=nir, acces=personnes)
        lue = Personne.objects.get(pk=trouvee)
        assert chiffrement.trousseau().dechiffrer(bytes(lue.nir_chiffre)).decode() == nir
    assert Personne.objects.filter(nir_chiffre=None, nir_empreinte=None).count() == 1


def test_sans_lancienne_cle_rien_nest_change(personnes, sous_les_cles):
    avant = dict(Personne.objects.values_list("pk", "nir_chiffre"))
    sous_les_cles(3)
    with pytest.raises(Refus) as refus:
        tourner_les_cles(progression=lambda n: None)
    assert refus.value.code == "chiffrement.illisible"
    assert {k: bytes(v) for k, v in avant.items() if v} == {
        k: bytes(v) for k, v in Personne.objects.values_list("pk", "nir_chiffre") if v
    }


def test_tourner_deux_fois_ne_perd_rien(personnes, sous_les_cles):
    sous_les_cles(2, 1)
    for _ in range(2):
        assert tourner_les_cles(progression=lambda n: None) == len(NIRS)
    assert len(lectures.chercher_par_nir(nir=NIRS[3], acces=personnes)) == 1
