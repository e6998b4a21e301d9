"""Les adresses des rendez-vous."""

from django.urls import path

from draille.mesures.rendez_vous import (
    views,
    views_agenda,
    views_choix,
    views_lieux,
    views_page,
    views_revue,
    views_suivi,
)

urlpatterns = [
    path("convocations/", views.convocations, name="convocations"),
    path("convocations/examen/", views.examen, name="convocations_examen"),
    path("convocations/revue/", views_revue.revue, name="convocations_revue"),
    path("convocations/suivi/", views_suivi.suivi, name="convocations_suivi"),
    path("convocations/<int:pk>/", views_choix.convoquer, name="convoquer"),
    path("convocations/<int:pk>/reprendre/", views.reprendre, name="convocation_reprendre"),
    path("convocations/<int:pk>/classer/", views.classer, name="convocation_classer"),
    path("agenda/", views_agenda.agenda, name="agenda"),
    path("agenda/creneaux/<int:pk>/", views_agenda.creneau, name="creneau"),
    path("rendez-vous/<int:pk>/", views_page.rendez_vous, name="rendez_vous"),
    path("rendez-vous/<int:pk>/deplacer/", views_choix.deplacer, name="rendez_vous_deplacer"),
    path("rendez-vous/<int:pk>/<slug:code>/", views_page.geste, name="rendez_vous_geste"),
    path("rendez-vous/fixer/<int:personne_id>/", views_choix.fixer, name="rendez_vous_fixer"),
    path("lieux/", views_lieux.lieux, name="lieux"),
    path("lieux/nouveau/", views_lieux.nouveau, name="lieu_nouveau"),
    path("lieux/<int:pk>/", views_lieux.lieu, name="lieu"),
    path("lieux/<int:pk>/fermer/", views_lieux.fermer, name="lieu_fermer"),
    path("lieux/<int:pk>/fermeture/", views_lieux.fermer_jour, name="lieu_fermer_jour"),
    path("lieux/plages/<int:pk>/fermer/", views_lieux.fermer_plage, name="plage_fermer"),
]
