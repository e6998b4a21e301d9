"""Les adresses du premier accueil : le guichet, les accueils, puis l'annuaire et la couverture."""

from django.urls import URLPattern, URLResolver, include, path

from draille.mesures.accueil_social import (
    views,
    views_accueil_chiffres,
    views_guichet,
    views_lieux,
    views_notes,
    views_reprendre,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("accueillir/", views_guichet.nouveau, name="accueil_nouveau"),
    path("accueillir/suggestions/", views_guichet.suggestions, name="accueil_suggestions"),
    path("accueillir/lieux/", views_lieux.lieux, name="accueil_lieux"),
    path("accueils/", views.accueils, name="accueils"),
    path("accueils/chiffres/", views_accueil_chiffres.chiffres, name="accueils_chiffres"),
    path("accueils/<int:pk>/", views.accueil, name="accueil"),
    path("accueils/<int:pk>/fiche.pdf", views.fiche, name="accueil_fiche"),
    path("accueils/<int:pk>/reprendre/", views_reprendre.reprendre, name="accueil_reprendre"),
    path("accueils/notes/<int:pk>/", views_notes.corriger, name="accueil_note_corriger"),
    path("accueils/personnes/<int:personne_id>/note/", views_notes.note, name="accueil_note"),
    path("", include("draille.mesures.accueil_social.urls_annuaire")),
    path("", include("draille.mesures.accueil_social.urls_couverture")),
]
