"""Adresses : l'argent : imports, pièces, quatre temps."""

from django.urls import URLPattern, path

from draille.mesures.convention import views_argent, views_comptes

urlpatterns: list[URLPattern] = [
    path("convention/argent/<slug:cadre>/", views_argent.argent, name="argent"),
    path("convention/argent/<slug:cadre>/pieces/", views_argent.pieces, name="pieces"),
    path(
        "convention/argent/<slug:cadre>/pieces/export/",
        views_argent.pieces_csv,
        name="pieces_csv",
    ),
    path("convention/comptes/", views_comptes.comptes, name="comptes"),
    path("convention/comptes/importer/", views_comptes.importer, name="comptes_importer"),
    path("convention/comptes/<int:pk>/", views_comptes.lire_import, name="comptes_import"),
    path("convention/comptes/lignes/<int:pk>/", views_comptes.decider, name="comptes_ligne"),
]
