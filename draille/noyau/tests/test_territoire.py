"""Le découpage : chargé une fois, rejoué sans rien changer, jamais deux fois la même commune."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from draille.noyau.journal.models import LigneJournal
from draille.noyau.territoire.actes import CommuneLue, Decoupage, TerritoireLu, charger_decoupage
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

CODES = ("43157", "43040", "43268")


def _decoupage(*territoires):
    return Decoupage(
        communes=tuple(
            CommuneLue(code_insee=c, nom=f"Commune {c}", population=100, codes_postaux="43000")
            for c in CODES
        ),
        territoires=territoires,
        source="essai",
    )


def _secteur(code, *communes):
    return TerritoireLu(
        nature=Territoire.Nature.SECTEUR, code=code, nom=f"Secteur {code}", communes=communes
    )


def test_un_decoupage_se_charge_et_se_rejoue(systeme, le):
    decoupage = _decoupage(_secteur("A", *CODES[:2]), _secteur("B", CODES[2], "99999"))
    for _ in range(2):
        assert charger_decoupage(decoupage=decoupage, par=systeme, le=le) == 3
    assert Territoire.objects.count() == 2
    assert TerritoireCommune.objects.count() == 3
    lignes = LigneJournal.objects.filter(code="territoire.charger_decoupage").order_by("id")
    assert [x.charge["territoires"] for x in lignes] == [2, 0]
    assert all(x.cle_acces is None for x in lignes)


CONTOUR = {"type": "Polygon", "coordinates": [[[3.8, 45.0], [3.9, 45.0], [3.9, 45.1], [3.8, 45.0]]]}


def test_une_base_deja_chargee_se_situe_au_rechargement_suivant(systeme, le):
    sans = _decoupage(_secteur("A", *CODES))
    charger_decoupage(decoupage=sans, par=systeme, le=le)
    situee = replace(
        sans.communes[0], latitude=45.04, longitude=3.88, surface_km2=16.8, contour=CONTOUR
    )
    avec = replace(sans, communes=(situee, *sans.communes[1:]))
    charger_decoupage(decoupage=avec, par=systeme, le=le)
    situe = Commune.objects.select_related("contour").get(code_insee=CODES[0])
    assert (situe.latitude, situe.longitude, situe.surface_km2) == (45.04, 3.88, 16.8)
    assert situe.contour.geometrie == CONTOUR
    assert Commune.objects.filter(latitude__isnull=True, contour__isnull=True).count() == 2
    deplacee = replace(situee, latitude=44.0, contour=None)
    charger_decoupage(decoupage=replace(avec, communes=(deplacee,)), par=systeme, le=le)
    assert Commune.objects.get(code_insee=CODES[0]).latitude == 45.04


def test_seul_un_administrateur_charge(systeme, le):
    par = Acces(
        agent_id=1, organisation_id=1, nom="E", cles_par_role={Role.CADRE: frozenset({200_000})}
    )
    with pytest.raises(Refus, match="habilité à charger le découpage"):
        charger_decoupage(decoupage=_decoupage(), par=par, le=le)
    assert not Commune.objects.exists()


def test_une_commune_nest_que_dans_un_secteur_a_la_fois(systeme, le):
    charger_decoupage(decoupage=_decoupage(_secteur("A", CODES[0])), par=systeme, le=le)
    with (
        pytest.raises(IntegrityError, match="commune_un_territoire_par_nature"),
        transaction.atomic(),
    ):
        charger_decoupage(decoupage=_decoupage(_secteur("B", CODES[0])), par=systeme, le=le)
    TerritoireCommune.objects.update(fin=date(2020, 12, 1))
    charger_decoupage(
        decoupage=_decoupage(_secteur("B", CODES[0])), par=systeme, le=date(2020, 12, 1)
    )
    assert TerritoireCommune.objects.count() == 2


def test_un_code_ne_designe_quun_territoire_a_la_fois(systeme, le):
    Territoire.objects.create(nature="epci", code="E", nom="Un", debut=le)
    with pytest.raises(IntegrityError, match="territoire_un_a_la_fois"), transaction.atomic():
        Territoire.objects.create(nature="epci", code="E", nom="Deux", debut=date(2021, 1, 1))


@pytest.mark.parametrize("numero", [0, 99_999, 100_000])
def test_un_numero_de_commune_tient_dans_une_cle(systeme, numero):
    with pytest.raises(IntegrityError, match="commune_id_borne"), transaction.atomic():
        Commune.objects.create(id=numero, code_insee="43001", nom="Hors borne")
