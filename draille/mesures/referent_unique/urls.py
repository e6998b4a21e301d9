"""Les adresses du référent unique."""

from django.urls import path

from draille.mesures.referent_unique import (
    views,
    views_fiche,
    views_file,
    views_ligne,
    views_personne,
    views_pilotage,
    views_portefeuille,
    views_publiques,
    views_revue,
)

urlpatterns = [
    path("referents/propositions/", views.proposition, name="referents"),
    path("referents/propositions/calculer/", views.calculer, name="referents_calculer"),
    path("referents/propositions/<int:calcul_id>/", views.proposition, name="referents_calcul"),
    path(
        "referents/propositions/<int:calcul_id>/relire/",
        views_revue.relire,
        name="referents_relire",
    ),
    path("referents/propositions/<int:calcul_id>/fin/", views_revue.fin, name="referents_fin"),
    path("referents/propositions/lignes/<int:pk>/", views_ligne.ligne, name="referents_ligne"),
    path(
        "referents/propositions/lignes/<int:pk>/accepter/",
        views_ligne.accepter,
        name="referents_accepter",
    ),
    path(
        "referents/propositions/lignes/<int:pk>/changer/",
        views_ligne.changer,
        name="referents_changer",
    ),
    path(
        "referents/propositions/lignes/<int:pk>/ecarter/",
        views_ligne.ecarter,
        name="referents_ecarter",
    ),
    path(
        "referents/propositions/lignes/<int:pk>/fiche/", views_fiche.fiche, name="referents_fiche"
    ),
    path(
        "referents/propositions/lignes/<int:pk>/fiche.pdf",
        views_fiche.fiche_pdf,
        name="referents_fiche_pdf",
    ),
    path("referents/ma-file/", views_file.ma_file, name="referents_ma_file"),
    path("referents/ma-file/absence/", views_file.mon_absence, name="referents_mon_absence"),
    path("referents/charges/", views_pilotage.charges, name="referents_charges"),
    path(
        "referents/charges/portefeuilles/nouveau/",
        views_portefeuille.nouveau,
        name="referents_nouveau",
    ),
    path(
        "referents/charges/portefeuilles/<int:agent_id>/",
        views_portefeuille.portefeuille,
        name="referents_portefeuille",
    ),
    path(
        "referents/charges/portefeuilles/<int:agent_id>/<slug:code>/",
        views_portefeuille.acte,
        name="referents_portefeuille_acte",
    ),
    path("referents/personnes/<int:pk>/", views_personne.personne, name="referents_personne"),
    path(
        "referents/personnes/<int:pk>/<slug:code>/",
        views_personne.acte,
        name="referents_personne_acte",
    ),
    path("algorithme/", views_publiques.algorithme, name="algorithme"),
]
