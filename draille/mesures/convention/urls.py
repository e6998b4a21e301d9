"""Les adresses de la convention."""

from django.urls import path

from draille.mesures.convention import (
    urls_comptes,
    urls_pilotage,
    urls_rapport,
    urls_vie,
    views,
    views_indicateurs,
)

app_name = "convention"
urlpatterns = [
    path("convention/", views.convention, name="page"),
    path("convention/lignes/<slug:code>/", views.ligne, name="ligne"),
    path("convention/financements/<slug:cadre>/<str:objet>/actes/", views.montant, name="montant"),
    path("convention/mesures/<slug:cadre>/actes/", views.mesures, name="mesures"),
    path("convention/annonces/<slug:cadre>/actes/", views.annonce, name="annonce"),
    path(
        "convention/indicateurs/<str:code>/<int:version>/actes/",
        views_indicateurs.actes_indicateur,
        name="actes",
    ),
    path(
        "convention/indicateurs/<str:code>/<int:version>/actes/export/",
        views_indicateurs.exporter,
        name="exporter",
    ),
    *urls_vie.urlpatterns,
    *urls_comptes.urlpatterns,
    *urls_rapport.urlpatterns,
    *urls_pilotage.urlpatterns,
]
