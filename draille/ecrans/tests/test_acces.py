from types import ModuleType

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLResolver, include, path
from django.urls.resolvers import RegexPattern

from draille.ecrans.acces import acces_declare, adresses_sans_acces, exige, publique
from draille.socle.acces import Acces, Role, a_role

referent_seul = a_role(Role.REFERENT)


@exige(referent_seul)
def fiche(request, cle=None):
    return HttpResponse("ouverte")


@publique
def sonde(request):
    return HttpResponse("ok")


def oubliee(request):
    return HttpResponse("sans garde")


def _demande(*roles):
    request = RequestFactory().get("/")
    request.acces = Acces(
        agent_id=1,
        organisation_id=None,
        nom="Essai",
        cles_par_role={r: frozenset({200_000}) for r in roles},
    )
    return request


def test_la_porte_s_ouvre_au_bon_role():
    assert fiche(_demande(Role.ACCUEIL, Role.REFERENT)).content == b"ouverte"


@pytest.mark.parametrize("roles", [(), (Role.ACCUEIL,)])
def test_la_porte_reste_fermee_aux_autres_avec_une_phrase(roles):
    with pytest.raises(PermissionDenied, match="habilitation"):
        fiche(_demande(*roles))


def test_sans_acces_sur_la_requete_la_porte_reste_fermee():
    with pytest.raises(PermissionDenied):
        fiche(RequestFactory().get("/"))


def test_la_declaration_se_lit_de_l_exterieur():
    assert acces_declare(fiche) is referent_seul
    assert acces_declare(sonde) == "publique"
    assert acces_declare(oubliee) is None


def test_les_adresses_sans_garde_se_listent_jusque_dans_les_inclusions():
    module = ModuleType("adresses_d_essai")
    module.urlpatterns = [
        path("sante", sonde),
        path("oubliee", oubliee),
        path("rsa/", include([path("<int:cle>/", fiche), path("export", oubliee)])),
    ]
    resolveur = URLResolver(RegexPattern(r"^/"), module)
    assert adresses_sans_acces(resolveur) == ["oubliee", "rsa/export"]
