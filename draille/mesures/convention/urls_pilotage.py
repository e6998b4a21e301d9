"""Adresses : le pilotage."""

from django.urls import URLPattern, path

from draille.mesures.convention import (
    views_pilotage,
    views_pilotage_comparer,
    views_pilotage_departements,
)

_LIGNE = "pilotage/<slug:cadre>/<slug:ligne>"
urlpatterns: list[URLPattern] = [
    path("pilotage/", views_pilotage.pilotage, name="pilotage"),
    path("pilotage/tableau.csv", views_pilotage.pilotage_csv, name="pilotage_csv"),
    path("pilotage/elu/", views_pilotage.elu, name="elu"),
    path("pilotage/comparer/", views_pilotage_comparer.comparer, name="comparer"),
    path(
        "pilotage/comparer/departements/",
        views_pilotage_departements.comparer_departements,
        name="comparer_departements",
    ),
    path(
        "pilotage/comparer/departements/deposer/",
        views_pilotage_departements.comparer_deposer,
        name="comparer_deposer",
    ),
    path(f"{_LIGNE}/actes/", views_pilotage.pilotage_actes, name="pilotage_actes"),
    path(f"{_LIGNE}/retards/", views_pilotage.pilotage_retards, name="pilotage_retards"),
]
