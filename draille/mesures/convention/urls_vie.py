"""Adresses : la vie de la convention : avenants, échéances, valeurs, actions."""

from django.urls import URLPattern, path

from draille.mesures.convention import views_vie, views_vie_actes

_CADRE = "convention/vie/<slug:cadre>"
urlpatterns: list[URLPattern] = [
    path("convention/textes-cadres/", views_vie.textes_cadres, name="textes_cadres"),
    path(f"{_CADRE}/", views_vie.vie, name="vie"),
    path(f"{_CADRE}/objectifs/", views_vie.objectifs, name="objectifs"),
    path(f"{_CADRE}/comparer/", views_vie.comparer_dates, name="comparer_dates"),
    path(f"{_CADRE}/avenant/", views_vie_actes.avenant, name="avenant"),
    path(f"{_CADRE}/echeances/fixer/", views_vie_actes.echeance_fixer, name="echeance_fixer"),
    path(
        f"{_CADRE}/echeances/<int:pk>/tenir/", views_vie_actes.echeance_tenir, name="echeance_tenir"
    ),
    path(
        f"{_CADRE}/echeances/<int:pk>/reporter/",
        views_vie_actes.echeance_reporter,
        name="echeance_reporter",
    ),
    path(f"{_CADRE}/actions/inscrire/", views_vie_actes.action_inscrire, name="action_inscrire"),
    path(
        f"{_CADRE}/reductions/enregistrer/",
        views_vie_actes.reduction_enregistrer,
        name="reduction_enregistrer",
    ),
    path(f"{_CADRE}/valeurs/saisir/", views_vie_actes.valeur_saisir, name="valeur_saisir"),
    path(
        f"{_CADRE}/valeurs/<int:pk>/corriger/",
        views_vie_actes.valeur_corriger,
        name="valeur_corriger",
    ),
]
