"""Les adresses du suivi."""

from django.urls import path

from draille.mesures.suivi_rsa import views

urlpatterns = [path("rsa/", views.suivi, name="rsa")]
