"""Les adresses du rapport d'exécution."""

from django.urls import URLPattern, path

from draille.mesures.convention import views_rapport, views_rapport_gestes

_UN = "convention/rapports/<int:rapport_id>/"

urlpatterns: list[URLPattern] = [
    path("convention/rapports/", views_rapport.rapports, name="rapports"),
    path("convention/rapports/de/<slug:cadre>/", views_rapport.rapports, name="rapports"),
    path("convention/rapports/rediger/", views_rapport_gestes.rediger, name="rapport_rediger"),
    path(_UN, views_rapport.rapport, name="rapport"),
    path(f"{_UN}commenter/", views_rapport_gestes.commenter, name="rapport_commenter"),
    path(f"{_UN}valider/", views_rapport_gestes.valider, name="rapport_valider"),
    path(f"{_UN}renvoyer/", views_rapport_gestes.renvoyer, name="rapport_renvoyer"),
    path(f"{_UN}corriger/", views_rapport_gestes.corriger, name="rapport_corriger"),
    path(f"{_UN}ecarter/", views_rapport_gestes.ecarter, name="rapport_ecarter"),
    path(f"{_UN}fichier/<slug:extension>/", views_rapport.telecharger, name="rapport_telecharger"),
]
