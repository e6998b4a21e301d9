"""Les adresses des fichiers reçus."""

from django.urls import path

from draille.portail.fichiers import views, views_colonnes, views_rejets

urlpatterns = [
    path("fichiers/", views.fichiers, name="fichiers"),
    path("fichiers/deposer/", views.deposer, name="fichier_deposer"),
    path("fichiers/<int:pk>/", views.fichier, name="fichier"),
    path("fichiers/<int:pk>/avancement/", views.avancement, name="fichier_avancement"),
    path("fichiers/<int:pk>/relancer/", views.relancer, name="fichier_relancer"),
    path("fichiers/<int:pk>/confirmer/", views.confirmer, name="fichier_confirmer"),
    path("fichiers/<int:pk>/colonnes/", views_colonnes.colonnes, name="fichier_colonnes"),
    path("fichiers/<int:pk>/rejets/", views_rejets.rejets, name="rejets"),
    path("fichiers/<int:pk>/rejets.csv", views_rejets.export, name="rejets_export"),
    path("fichiers/rejets/<int:pk>/", views_rejets.rejet, name="rejet"),
    path("fichiers/rejets/<int:pk>/ecarter/", views_rejets.ecarter, name="rejet_ecarter"),
]
