"""Les adresses des fichiers reçus."""

from django.urls import path

from draille.portail.fichiers import views

urlpatterns = [
    path("fichiers/", views.fichiers, name="fichiers"),
    path("fichiers/deposer/", views.deposer, name="fichier_deposer"),
    path("fichiers/<int:pk>/", views.fichier, name="fichier"),
    path("fichiers/<int:pk>/avancement/", views.avancement, name="fichier_avancement"),
    path("fichiers/<int:pk>/relancer/", views.relancer, name="fichier_relancer"),
    path("fichiers/<int:pk>/confirmer/", views.confirmer, name="fichier_confirmer"),
]
