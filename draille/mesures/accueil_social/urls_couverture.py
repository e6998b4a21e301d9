"""Les adresses de la couverture, que `urls.py` reprend."""

from django.urls import path

from draille.mesures.accueil_social import views_couverture, views_couverture_projets

urlpatterns = [
    path("couverture/", views_couverture.couverture, name="couverture"),
    path("couverture/communes.csv", views_couverture.couverture_csv, name="couverture_csv"),
    path("couverture/fermeture/", views_couverture_projets.fermeture, name="couverture_fermeture"),
    path("couverture/implanter/", views_couverture_projets.implanter, name="couverture_implanter"),
]
