"""Les adresses du suivi, du budget, de la prévision et des demandes d'acompte."""

from django.urls import path

from draille.mesures.suivi_rsa import (
    views,
    views_acompte,
    views_budget,
    views_historique,
    views_prevision,
)

urlpatterns = [
    path("rsa/", views.suivi, name="rsa"),
    path("rsa/budget/", views_budget.budget, name="rsa_budget"),
    path("rsa/budget/votes/", views_budget.votes_publies, name="rsa_votes_publies"),
    path("rsa/budget/voter/", views_budget.voter, name="rsa_voter"),
    path("rsa/budget/mandater/", views_budget.mandater, name="rsa_mandater"),
    path("rsa/prevision/", views_prevision.prevision, name="rsa_prevision"),
    path("rsa/prevision/calculer/", views_prevision.calculer, name="rsa_prevoir"),
    path("rsa/historique/", views_historique.historique, name="rsa_historique"),
    path("rsa/acomptes/", views_acompte.acomptes, name="rsa_acomptes"),
    path("rsa/acomptes/<int:pk>/", views_acompte.acompte, name="rsa_acompte"),
    path("rsa/acomptes/<int:pk>/ecarts.csv", views_acompte.ecarts_csv, name="rsa_acompte_csv"),
]
