"""Les adresses du réseau de l'insertion."""

from django.urls import path

from draille.mesures.reseau_insertion import (
    views,
    views_lien,
    views_partenaires,
    views_personne,
    views_recues,
)

urlpatterns = [
    path("orientations/", views.suivies, name="orientations_suivies"),
    path("orientations/<int:pk>/", views.suivie, name="orientation_suivie"),
    path("orientations/<int:pk>/repondre/", views.repondre_pour, name="orientation_repondre"),
    path("orientations/<int:pk>/relancer/", views.relancer, name="orientation_relancer"),
    path("orientations/<int:pk>/vue/", views.prendre_acte, name="orientation_prendre_acte"),
    path("partenaires/", views_partenaires.partenaires, name="partenaires"),
    path("partenaires/nouveau/", views_partenaires.nouveau, name="partenaire_nouveau"),
    path("partenaires/<int:pk>/", views_partenaires.partenaire, name="partenaire"),
    path("partenaires/<int:pk>/modifier/", views_partenaires.modifier, name="partenaire_modifier"),
    path("partenaires/<int:pk>/fermer/", views_partenaires.fermer, name="partenaire_fermer"),
    path(
        "partenaires/<int:pk>/acces/", views_partenaires.acces_partenaire, name="partenaire_acces"
    ),
    path(
        "personnes/<int:personne_id>/accords/", views_personne.consentements, name="consentements"
    ),
    path(
        "personnes/<int:personne_id>/orienter/", views_personne.orienter, name="orienter_personne"
    ),
    path("accords/<int:pk>/retirer/", views_personne.retirer, name="consentement_retirer"),
    path("recues/", views_recues.recues, name="partenaire_recues"),
    path("recues/<int:pk>/", views_recues.recue, name="partenaire_orientation"),
    path("recues/<int:pk>/repondre/", views_recues.repondre_recue, name="partenaire_repondre"),
    path("reponse/<str:jeton>/", views_lien.lien, name="partenaire_lien"),
]
