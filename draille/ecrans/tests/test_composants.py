"""Les composants rendus par les vrais gabarits, lus comme le ferait un navigateur."""

from datetime import date

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler
from lxml import html

from draille.ecrans.galerie import Essai, galerie
from draille.socle.acces import Role


def rendre(gabarit: str, **contexte):
    source = CottonCompiler().process("{% load ecrans %}" + gabarit)
    requete = RequestFactory().get("/liste/", {"tri": "nom", "page": "2"})
    rendu = engines["django"].from_string(source).render(contexte, requete)
    return html.fragment_fromstring(rendu, create_parent="div")


def mots(element) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize(
    ("attributs", "dit", "classe"),
    [
        (':jours="-3"', "en retard de 3 jours", "delai--retard"),
        (':jours="0"', "aujourd'hui", "delai--jour"),
        (':jours="12"', "dans 12 jours", "delai--large"),
        (':jours="2" tenu', "tenu", "delai--tenu"),
        ("", "sans échéance", "delai--aucun"),
    ],
)
def test_le_delai_porte_ses_mots_son_icone_et_sa_couleur(attributs, dit, classe):
    div = rendre(f"<c-delai {attributs} />")
    badge = div.find("span")
    assert mots(badge) == dit
    assert classe in badge.get("class")
    assert bool(badge.findall("svg")) is (classe != "delai--aucun")


def test_le_delai_dit_sa_limite_aux_lecteurs_d_ecran():
    div = rendre('<c-delai :jours="2" :limite="limite" />', limite=date(2020, 10, 31))
    assert mots(div) == "dans 2 jours, limite le 31/10/2020"


def test_le_tableau_est_une_region_nommee_qui_defile_au_clavier():
    div = rendre(
        '<c-tableau nom="entrants" legende="Trois personnes"><c-slot name="entete"><tr><th>Nom</th>'
        "</tr></c-slot><tr><td>x</td></tr></c-tableau>"
    )
    zone = div.find("div")
    assert (zone.get("role"), zone.get("tabindex")) == ("region", "0")
    legende = div.get_element_by_id(zone.get("aria-labelledby"))
    assert legende.tag == "caption" and legende.text == "Trois personnes"
    assert div.xpath("count(.//thead//th)") == 1


class Formulaire(forms.Form):
    nom = forms.CharField(label="Nom", help_text="Aide du nom")
    choix = forms.ChoiceField(label="Choix", choices=[("a", "A")], widget=forms.RadioSelect)
    lu = forms.BooleanField(label="Lu", required=False)


def test_un_champ_en_faute_est_relie_a_son_aide_et_a_son_erreur():
    div = rendre('<c-champ :champ="f.nom" />', f=Formulaire({"choix": "a"}))
    champ = div.get_element_by_id("id_nom")
    aide, erreur = (div.get_element_by_id(i) for i in champ.get("aria-describedby").split())
    assert mots(aide) == "Aide du nom"
    assert mots(erreur) == "Ce champ est obligatoire."
    assert champ.get("aria-invalid") == "true"
    assert champ.get("placeholder") is None
    assert div.xpath('.//label[@for="id_nom"]')


def test_un_champ_sans_aide_ni_erreur_ne_renvoie_a_rien():
    div = rendre('<c-champ :champ="f.lu" />', f=Formulaire())
    assert div.get_element_by_id("id_lu").get("aria-describedby") is None


def test_un_groupe_de_boutons_est_nomme_par_une_legende():
    div = rendre('<c-champ :champ="f.choix" />', f=Formulaire())
    assert mots(div.find("fieldset/legend")) == "Choix"


def test_le_formulaire_resume_ses_erreurs_par_des_liens_qui_menent_quelque_part():
    div = rendre('<c-formulaire :formulaire="f" />', f=Formulaire({}))
    cibles = [a.get("href") for a in div.xpath('.//*[@role="alert"]//a')]
    assert cibles == ["#id_nom", "#id_choix"]
    assert all(div.xpath(f'.//*[@id="{c[1:]}"]') for c in cibles)


def test_la_pagination_garde_les_autres_parametres_et_dit_la_page_courante():
    page = Paginator(range(500), 50).page(2)
    div = rendre('<c-pagination :page="page" objets="personnes" />', page=page)
    assert "?tri=nom&page=3" in [a.get("href") for a in div.iter("a")]
    assert mots(div.xpath('.//*[@aria-current="page"]')[0]) == "Page 2"
    assert "Personnes 51 à 100 sur 500" in mots(div)


def test_les_tris_s_inversent_et_se_disent():
    div = rendre("<p>{% lien_tri 'nom' %} {% sens_tri 'nom' %} {% sens_tri 'limite' %}</p>")
    assert mots(div) == "?tri=-nom ascending none"


def test_le_chiffre_est_un_lien_nomme_vers_sa_liste():
    div = rendre('<c-cle libelle="Entrants" valeur="35" url="/liste" voir="voir les 35" />')
    lien = div.find(".//a")
    assert lien.get("href") == "/liste"
    assert mots(lien) == "35 Entrants : voir les 35"
    assert not rendre('<c-cle libelle="Entrants" valeur="35" />').findall(".//a")


def test_l_avancement_dit_sa_part_et_ne_depasse_pas_cent():
    div = rendre('<c-avancement nom="d" libelle="Lecture" fait="40" total="30" url="/suivi" />')
    barre = div.xpath('.//*[@role="progressbar"]')[0]
    assert barre.get("aria-valuenow") == "100"
    assert div.get_element_by_id("d").get("hx-get") == "/suivi"
    vide = rendre('<c-avancement nom="d" libelle="Lecture" fait="0" total="0" />')
    assert vide.xpath('.//*[@role="progressbar"]')[0].get("aria-valuenow") == "0"
    assert vide.get_element_by_id("d").get("hx-get") is None


def test_un_contenu_hostile_reste_du_texte():
    div = rendre('<c-carte titre="{{ t }}"><c-etiquette>{{ t }}</c-etiquette></c-carte>',
                 t="<script>x</script>")  # fmt: skip
    assert not div.findall(".//script")
    assert mots(div).count("<script>x</script>") == 2


def test_les_roles_se_disent_dans_l_ordre():
    div = rendre("<p>{{ r|en_mots }}</p>", r=frozenset({Role.PILOTE, Role.ACCUEIL}))
    assert mots(div) == "Agent d'accueil, Pilote"


@pytest.fixture
def page_galerie():
    requete = RequestFactory().get("/galerie/")
    requete._messages = CookieStorage(requete)
    requete.user = AnonymousUser()
    return galerie(requete).content.decode()


def test_la_galerie_ne_contient_ni_style_ni_script_en_ligne(page_galerie):
    arbre = html.document_fromstring(page_galerie)
    # Des données ne s'exécutent pas : la politique de sécurité les laisse passer.
    en_ligne = '//script[not(@src) and not(@type="application/json")]'
    assert not arbre.xpath(f"//@style | //style | {en_ligne}")
    assert not [a for e in arbre.iter() if isinstance(e.tag, str) for a in e.attrib
                if a.startswith("on")]  # fmt: skip
    assert "<c-" not in page_galerie and "{%" not in page_galerie and "{{" not in page_galerie


def test_les_identifiants_de_la_galerie_sont_uniques_et_les_renvois_existent(page_galerie):
    arbre = html.document_fromstring(page_galerie)
    noms = arbre.xpath("//@id")
    assert len(noms) == len(set(noms))
    renvois = " ".join(arbre.xpath("//@aria-labelledby | //@aria-describedby | //label/@for"))
    assert set(renvois.split()) <= set(noms)
    assert arbre.xpath('count(//*[@id="contenu"])') == 1
    assert {f"id_{n}" for n in Essai.base_fields} <= set(noms)


@pytest.mark.parametrize("code", ["403", "403_csrf", "404", "429", "500"])
def test_une_page_d_erreur_se_rend_sans_aucun_contexte(code):
    arbre = html.document_fromstring(render_to_string(f"{code}.html"))
    assert len(arbre.xpath("//h1")) == 1
    assert arbre.xpath("//main//a[@href='/']")
