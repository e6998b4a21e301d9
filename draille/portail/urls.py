"""Les adresses racines : le portail, puis celles que chaque mesure déclare."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from draille.portail.demonstration import connexion_demo
from draille.portail.vues import agents, dossier, journal, parametres, publiques
from draille.portail.vues.contours import contours
from draille.portail.vues.journee import journee
from draille.portail.vues.recherche import recherche

handler500 = "draille.portail.vues.publiques.erreur_500"

urlpatterns = [
    path("", journee, name="journee"),
    path("recherche", recherche, name="recherche"),
    path("personnes/<int:personne_id>/", dossier.dossier, name="personne"),
    path("personnes/<int:personne_id>/nir/", dossier.reveler_nir, name="personne_nir"),
    path("parametres/", parametres.parametres, name="parametres"),
    path("journal/", journal.journal, name="journal"),
    path("journal/verifier/", journal.verifier_journal, name="journal_verifier"),
    path("agents/", agents.agents, name="agents"),
    path("agents/nouveau/", agents.agent_nouveau, name="agent_nouveau"),
    path("agents/<int:agent_id>/", agents.agent, name="agent"),
    path("agents/<int:agent_id>/fermer/", agents.agent_fermer, name="agent_fermer"),
    path("agents/habilitations/<int:habilitation_id>/retirer/", agents.retirer, name="retirer"),
    path("contours.json", contours, name="contours"),
    path("accessibilite/", publiques.accessibilite, name="accessibilite"),
    path("sante", publiques.sante, name="sante"),
    path("", include("draille.portail.fichiers.urls")),
    path("", include("draille.portail.messages.urls")),
    path("", include("draille.portail.rapprochement.urls")),
    path("compte/demonstration/", connexion_demo, name="connexion_demo"),
    path("compte/", include("allauth.urls")),
]
for _mesure in settings.DRAILLE_MESURES:
    if find_spec(f"{_mesure}.urls"):
        import_module(f"{_mesure}.urls")
        urlpatterns.append(path("", include(f"{_mesure}.urls")))
