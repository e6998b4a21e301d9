"""Les adresses de l'orientation."""

from django.urls import path

from draille.mesures.orientation_rsa import views, views_lot, views_suivi

urlpatterns = [
    path("orientation/", views.entrants, name="orientation"),
    path("orientation/export.csv", views.export, name="orientation_export"),
    path("orientation/lot/", views_lot.lot, name="orientation_lot"),
    path("orientation/<int:pk>/", views_suivi.suivi, name="orientation_suivi"),
    path("orientation/<int:pk>/<slug:code>/", views_suivi.acte, name="orientation_acte"),
]
