from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from draille.socle import horloge


def test_sans_reglage_l_horloge_est_celle_de_paris(monkeypatch):
    monkeypatch.delenv("DRAILLE_DATE", raising=False)
    reel = datetime.now(ZoneInfo("Europe/Paris"))
    assert not horloge.est_simulee()
    assert abs(horloge.maintenant() - reel) < timedelta(seconds=5)
    assert horloge.aujourdhui() in {reel.date(), (reel + timedelta(seconds=5)).date()}


def test_draille_date_remplace_la_date_et_garde_l_heure(monkeypatch):
    monkeypatch.setenv("DRAILLE_DATE", "2020-10-31")
    assert horloge.est_simulee()
    assert horloge.aujourdhui() == date(2020, 10, 31)
    instant = horloge.maintenant()
    assert instant.date() == date(2020, 10, 31)
    reel = datetime.now(ZoneInfo("Europe/Paris")).replace(tzinfo=None)
    simule = instant.replace(tzinfo=None)
    ecart = (reel - datetime.combine(reel.date(), simule.time())).total_seconds()
    assert min(abs(ecart), abs(ecart + 86_400)) < 5


@pytest.mark.parametrize(("jour", "heures"), [("2020-07-14", 2), ("2020-12-25", 1)])
def test_le_decalage_est_celui_de_la_date_simulee(monkeypatch, jour, heures):
    monkeypatch.setenv("DRAILLE_DATE", jour)
    assert horloge.maintenant().utcoffset() == timedelta(hours=heures)


def test_un_reglage_vide_vaut_pas_de_reglage(monkeypatch):
    monkeypatch.setenv("DRAILLE_DATE", "  ")
    assert not horloge.est_simulee()


@pytest.mark.parametrize("texte", ["31/10/2020", "2020-02-30", "demain"])
def test_une_date_illisible_se_dit_en_francais(monkeypatch, texte):
    monkeypatch.setenv("DRAILLE_DATE", texte)
    with pytest.raises(ValueError, match=f"DRAILLE_DATE vaut « {texte} ».*2020-10-31"):
        horloge.aujourdhui()
