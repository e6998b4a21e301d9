"""Les adresses de la formation."""

from django.urls import path

from draille.mesures.formation import views, views_chiffres, views_session

urlpatterns = [
    path("formations/", views.sessions, name="formations"),
    path("formations/catalogue/", views.catalogue, name="formation_catalogue"),
    path("formations/miennes/", views.miennes, name="formations_miennes"),
    path("formations/programmer/", views.programmer, name="formation_programmer"),
    path("formations/chiffres/", views_chiffres.chiffres, name="formation_chiffres"),
    path("formations/chiffres/liste/", views_chiffres.suivies, name="formation_suivies"),
    path("formations/<int:pk>/", views_session.session, name="formation"),
    path("formations/<int:pk>/inscrire/", views_session.inscrire, name="formation_inscrire"),
    path("formations/<int:pk>/clore/", views_session.clore, name="formation_clore"),
    path("formations/<int:pk>/annuler/", views_session.annuler, name="formation_annuler"),
    path(
        "formations/inscriptions/<int:pk>/retirer/",
        views_session.retirer,
        name="formation_retirer",
    ),
    path(
        "formations/inscriptions/<int:pk>/attestation.pdf",
        views_session.attestation,
        name="formation_attestation",
    ),
    path("formations/demi-journees/<int:pk>/", views_session.emarger, name="formation_emarger"),
]
