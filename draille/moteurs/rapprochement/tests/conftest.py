"""Des dossiers à rapprocher, dans deux communes, et des agents qui en lisent une part."""

from datetime import date

import pytest

from conftest import INSTANT
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, acces_systeme, cle, cle_generale

SOCIAL, INSERTION, ENFANCE = Compartiment.SOCIAL, Compartiment.INSERTION, Compartiment.ENFANCE


class Monde:
    """De quoi inscrire des personnes et agir sous des accès."""

    def __init__(self, par, le):
        self.par, self.le = par, le
        self.brioude = Commune.objects.create(code_insee="43040", nom="Brioude", population=1)
        self.puy = Commune.objects.create(code_insee="43157", nom="Le Puy", population=1)

    def personne(self, nom="Martin", prenom="Camille", *, dans=SOCIAL, commune=None, **champs):
        """Une personne inscrite ; `champs` : état civil, puis contacts."""
        contacts = {c: champs.pop(c) for c in ("telephone", "courriel") if c in champs}
        etat_civil = {"naissance_le": date(1984, 3, 12), **champs}
        personne = inscrire(
            identite=Identite(nom_naissance=nom, prenom=prenom, **etat_civil),
            compartiment=dans,
            commune_id=(commune or self.puy).pk,
            par=self.par,
            le=self.le,
        )
        if contacts:
            Personne.objects.filter(pk=personne.pk).update(**contacts)
        return Personne.objects.get(pk=personne.pk)

    def acces(self, *cles, role=Role.TRAVAILLEUR_SOCIAL, agent=7):
        """Un accès à ce rôle sur ces clés (par défaut, tout le social)."""
        tenues = cles or (cle_generale(compartiment=SOCIAL),)
        return Acces(agent, 1, "Essai", {role: frozenset(tenues)})

    def sous(self, acces):
        """Pose le contexte de cet accès et le rend."""
        contexte.poser(acces=acces, instant=INSTANT)
        return acces

    def tout_voir(self):
        """Rend le contexte qui voit tout."""
        return self.sous(acces_systeme(nom="essais"))

    def cle(self, compartiment, commune):
        """La clé d'une ligne."""
        return cle(compartiment=compartiment, commune_id=commune.pk)


@pytest.fixture
def monde(systeme, le):
    return Monde(systeme, le)
