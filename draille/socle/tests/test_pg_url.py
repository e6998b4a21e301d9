from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.socle.pg_embarque import url_vers_connexion

MOTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("url", "attendu"),
    [
        (
            "postgres://agnes:secret@bd.dep43.fr:5433/draille",
            {
                "host": "bd.dep43.fr",
                "port": 5433,
                "user": "agnes",
                "password": "secret",
                "dbname": "draille",
            },
        ),
        ("postgresql://bd/draille", {"host": "bd", "dbname": "draille"}),
        (
            "postgres://draille@%2FVar%2Frun%2Fpostgresql/draille",
            {"host": "/Var/run/postgresql", "user": "draille", "dbname": "draille"},
        ),
        (
            "postgres:///draille?host=/var/run/pg&port=6000&sslmode=require",
            {"host": "/var/run/pg", "port": 6000, "dbname": "draille", "sslmode": "require"},
        ),
        ("postgres://u@[::1]:5432/d", {"host": "::1", "port": 5432, "user": "u", "dbname": "d"}),
    ],
)
def test_les_formes_d_adresse(url, attendu):
    assert url_vers_connexion(url) == attendu


@given(user=MOTS, password=MOTS, hote=MOTS, base=MOTS, port=st.integers(1, 65535))
def test_tout_caractere_encode_revient(user, password, hote, base, port):
    mots = {"user": user, "password": password, "host": hote, "dbname": base}
    u, p, h, b = (quote(mots[cle], safe="") for cle in ("user", "password", "host", "dbname"))
    assert url_vers_connexion(f"postgres://{u}:{p}@{h}:{port}/{b}") == mots | {"port": port}


@pytest.mark.parametrize(
    ("url", "dit"),
    [
        ("mysql://u:motsecret@h/d", "postgres://"),
        ("postgres://u:motsecret@h:port/d", "port"),
        ("postgres://u:motsecret@h:5432", "nomme pas la base"),
        ("postgres://u:motsecret@h/d?host", "options"),
    ],
)
def test_une_adresse_fautive_se_dit_sans_le_mot_de_passe(url, dit):
    with pytest.raises(ValueError, match=dit) as erreur:
        url_vers_connexion(url)
    assert "motsecret" not in str(erreur.value)
