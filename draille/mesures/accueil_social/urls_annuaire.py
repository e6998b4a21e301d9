"""Les adresses de l'annuaire."""

from django.urls import path

from draille.mesures.accueil_social import (
    views_annuaire,
    views_annuaire_campagne,
    views_annuaire_fiche,
    views_annuaire_import,
)

urlpatterns = [
    path("annuaire/", views_annuaire.annuaire, name="annuaire"),
    path("annuaire/nouveau/", views_annuaire_fiche.nouveau, name="annuaire_nouveau"),
    path("annuaire/<int:pk>/", views_annuaire.point, name="annuaire_point"),
    path("annuaire/<int:pk>/modifier/", views_annuaire_fiche.modifier, name="annuaire_modifier"),
    path("annuaire/<int:pk>/horaires/", views_annuaire_fiche.horaires, name="annuaire_horaires"),
    path("annuaire/<int:pk>/fermer/", views_annuaire_fiche.fermer, name="annuaire_fermer"),
    path(
        "annuaire/<int:pk>/confirmer/", views_annuaire_campagne.confirmer, name="annuaire_confirmer"
    ),
    path("annuaire/a-confirmer/", views_annuaire_campagne.a_confirmer, name="annuaire_a_confirmer"),
    path(
        "annuaire/a-confirmer.csv",
        views_annuaire_campagne.a_confirmer_csv,
        name="annuaire_a_confirmer_csv",
    ),
    path("annuaire/exporter.json", views_annuaire_campagne.exporter, name="annuaire_exporter"),
    path("annuaire/importer/", views_annuaire_import.importer, name="annuaire_importer"),
    path("annuaire/imports/<int:pk>/", views_annuaire_import.lire_import, name="annuaire_import"),
    path(
        "annuaire/imports/lignes/<int:pk>/", views_annuaire_import.decider, name="annuaire_decider"
    ),
]
