"""La lecture de `DATABASE_URL`."""

from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMAS = ("postgres", "postgresql")


def url_vers_connexion(url: str) -> dict[str, str | int]:
    """Les paramètres de connexion que décrit une adresse `postgres://compte:mot@hote:port/base`.

    Un socket s'écrit en hôte encodé (`postgres://compte@%2Fvar%2Frun%2Fpostgresql/base`) ou en
    option (`?host=/var/run/postgresql`). Les options (`sslmode`) sont rendues telles quelles.
    Ce que l'adresse ne dit pas est absent. Lève ValueError, sans citer le mot de passe.
    """
    morceaux = urlsplit(url.strip())
    if morceaux.scheme not in SCHEMAS:
        raise ValueError(
            "DATABASE_URL ne commence pas par postgres://. "
            "Écrivez-la postgres://compte:mot_de_passe@hote:5432/base."
        )
    try:
        port = morceaux.port
        options = dict(parse_qsl(morceaux.query, strict_parsing=bool(morceaux.query)))
    except ValueError as erreur:
        raise ValueError(
            "DATABASE_URL : le port ou les options sont illisibles. Un caractère spécial du mot "
            "de passe s'écrit en pour-cent (« / » devient %2F, « # » devient %23)."
        ) from erreur
    lus: dict[str, str | int | None] = {
        "host": _hote(morceaux.netloc),
        "port": port,
        "user": unquote(morceaux.username or ""),
        "password": unquote(morceaux.password or ""),
        "dbname": unquote(morceaux.path.removeprefix("/")),
    }
    connexion: dict[str, str | int] = {cle: valeur for cle, valeur in lus.items() if valeur}
    connexion |= {cle: int(valeur) if cle == "port" else valeur for cle, valeur in options.items()}
    if not connexion.get("dbname"):
        raise ValueError("DATABASE_URL ne nomme pas la base : ajoutez /nom_de_la_base à la fin.")
    return connexion


def _hote(reseau: str) -> str:
    # urlsplit().hostname passe en minuscules, ce qui fausse le chemin d'un socket.
    hote = reseau.rpartition("@")[2]
    if hote.startswith("["):
        return hote[1:].partition("]")[0]
    return unquote(hote.rpartition(":")[0] if ":" in hote else hote)
