"""Les adresses des messages."""

from django.urls import path

from draille.portail.messages import views, views_modeles

urlpatterns = [
    path("messages/", views.boite, name="messages"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("messages/<int:pk>/lettre.pdf", views.lettre, name="message_lettre"),
    path("messages/<int:pk>/relancer/", views.relancer, name="message_relancer"),
    path("messages/<int:pk>/annuler/", views.annuler, name="message_annuler"),
    path("messages/modeles/", views_modeles.modeles, name="modeles"),
    path("messages/modeles/<slug:code>/<slug:canal>/", views_modeles.modele, name="modele"),
]
