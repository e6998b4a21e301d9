"""Une vue déclare les méthodes qui écrivent ; les autres s'exécutent sans pouvoir écrire.

La base refuse alors tout INSERT, UPDATE ou DELETE : une page de lecture ne change rien, même par
mégarde. La déclaration se voit de l'extérieur (`methodes_qui_ecrivent`), pour qu'un essai liste
les vues qui n'en ont pas.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

Vue = Callable[..., HttpResponse]
_MARQUE = "draille_methodes_qui_ecrivent"
METHODES = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def ecrit(*methodes: str) -> Callable[[Vue], Vue]:
    """Déclare les méthodes HTTP qui écrivent : `@ecrit("POST")`, ou `@ecrit()` pour une lecture.

    Les autres méthodes ouvrent une transaction PostgreSQL en lecture seule. Lève ValueError pour
    une méthode inconnue.
    """
    inconnues = set(methodes) - METHODES
    if inconnues:
        raise ValueError(f"méthode HTTP inconnue : {', '.join(sorted(inconnues))}")
    declarees = frozenset(methodes)

    def decorer(vue: Vue) -> Vue:
        @wraps(vue)
        def protegee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in declarees:
                return vue(request, *args, **kwargs)
            with transaction.atomic():
                mettre_en_lecture_seule()
                return _rendre(vue(request, *args, **kwargs))

        setattr(protegee, _MARQUE, declarees)
        return protegee

    return decorer


def mettre_en_lecture_seule() -> None:
    """Met la transaction en cours en lecture seule, jusqu'à sa fin.

    Lève AssertionError hors d'une transaction : la mise en garde ne vaudrait que pour elle-même.
    """
    assert connection.in_atomic_block, "la lecture seule vaut pour une transaction ouverte"
    with connection.cursor() as curseur:
        curseur.execute("SET TRANSACTION READ ONLY")


def methodes_qui_ecrivent(vue: object) -> frozenset[str] | None:
    """Méthodes déclarées par `@ecrit` ; None si la vue ne déclare rien."""
    declarees: frozenset[str] | None = getattr(vue, _MARQUE, None)
    return declarees


def _rendre(reponse: HttpResponse) -> HttpResponse:
    # Une réponse de gabarit se rend d'ordinaire après la vue : ses requêtes échapperaient.
    rendre = getattr(reponse, "render", None)
    if rendre is not None and not getattr(reponse, "is_rendered", True):
        rendu: HttpResponse = rendre()
        return rendu
    return reponse
