"""Les adresses du schéma."""

from django.urls import path

from draille.mesures.schema_solidarites import views, views_delais, views_revision

urlpatterns = [
    path("schema/", views.schema, name="schema"),
    path("schema/charger/", views_revision.charger, name="schema_charger"),
    path("schema/actions/<slug:code>/", views.action, name="schema_action"),
    path("schema/delais/<str:code>/", views_delais.delai, name="schema_delai"),
    path("schema/<slug:code>/reviser/", views_revision.reviser, name="schema_reviser"),
    path("schema/<slug:code>/dater/", views_revision.dater, name="schema_dater"),
]
