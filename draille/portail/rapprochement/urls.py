"""Les adresses des doublons."""

from django.urls import path

from draille.portail.rapprochement import views

urlpatterns = [
    path("doublons/", views.rapprochements, name="rapprochements"),
    path("doublons/<int:pk>/", views.rapprochement, name="rapprochement"),
    path("doublons/<int:pk>/decider/", views.decider, name="rapprochement_decider"),
    path("doublons/rejoints/", views.rejoints, name="rapprochement_fusions"),
    path("doublons/rejoints/<int:pk>/separer/", views.separer, name="rapprochement_separer"),
]
