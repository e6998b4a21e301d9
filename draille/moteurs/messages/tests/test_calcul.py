"""Le calcul des messages : trous, mention légale, numéros, patience."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.messages.calcul import (
    Texte,
    attente_minutes,
    composer_mention,
    controler,
    elements_absents,
    masquer,
    mobile_e164,
    porte_mention,
    rendre,
    segments_sms,
    trous,
)
from draille.moteurs.messages.calcul.mention import ELEMENTS
from draille.moteurs.messages.calcul.textes import normaliser
from draille.moteurs.messages.registre import definitions
from draille.socle.parametres import registre_global

DEFINITION = definitions()["designation_referent"]
MENTION = "{{ mention_algorithme }}"


def _gabarit(le=date(2020, 10, 15)):
    return registre_global().texte("messages.mention_algorithme", le)


def test_une_ligne_dont_un_champ_est_vide_disparait():
    texte = "Bonjour {{ prenom }}\nOù : {{ lieu }}, {{ adresse }}\nFin\n\n\n\n{{ rien }}"
    assert rendre(texte, {"prenom": "Ada", "lieu": "Brioude"}) == "Bonjour Ada\nFin"


@given(st.text(max_size=60))
def test_une_valeur_n_est_jamais_relue_comme_un_modele(valeur):
    rendu = rendre("Nom : {{ nom }}.\nFin", {"nom": valeur, "secret": "NON"})
    propre = " ".join(valeur.split())
    assert rendu == (f"Nom : {propre}.\nFin" if propre else "Fin")


def test_accolades_et_retours_dans_une_valeur_restent_du_texte():
    assert rendre("{{ nom }}", {"nom": "{{ nir }}\n\nhop", "nir": "1"}) == "{{ nir }} hop"


@given(st.text(alphabet="{} abz_\n\r", max_size=40))
def test_normaliser_ne_change_plus_ce_qui_est_normal(texte):
    propre = normaliser(texte)
    assert normaliser(propre) == propre
    assert trous(propre) == trous(texte.replace("\r", "\n"))


@pytest.mark.parametrize(
    ("corps", "debut"),
    [
        (f"{{{{ referent }}}} {{{{ nir }}}}\n{MENTION}", "Le champ « nir » n'existe pas"),
        (f"{{{{ referent }}}} {{prenom}}\n{MENTION}", "Une accolade est mal placée"),
        (f"{{{{ referent }}}} }}}}\n{MENTION}", "Une accolade est mal placée"),
        (f"Bonjour\n{MENTION}", "Le champ {{ referent }} manque"),
        ("{{ referent }}", "La mention légale manque"),
        ("{{ referent }} " + MENTION, "La mention légale manque"),
        ("", "Le texte est vide"),
    ],
)
def test_un_texte_fautif_est_dit_en_une_phrase(corps, debut):
    fautes = controler(definition=DEFINITION, texte=Texte("Objet", corps), canal="courrier")
    assert any(f.ou == "corps" and f.phrase.startswith(debut) for f in fautes)


@pytest.mark.parametrize("sujet", ["", "a\nb", "x" * 161])
def test_un_objet_fautif_est_dit(sujet):
    texte = Texte(sujet, "{{ referent }}\n" + MENTION)
    (faute,) = controler(definition=DEFINITION, texte=texte, canal="courriel")
    assert faute.ou == "sujet"


def test_la_mention_n_est_pas_demandee_sans_calcul():
    sans_calcul = replace(DEFINITION, est_algorithmique=False)
    texte = Texte("Objet", "{{ referent }}")
    assert controler(definition=sans_calcul, texte=texte, canal="courrier") == ()


@pytest.mark.parametrize("le", [date(2018, 1, 1), date(2020, 10, 15), date(2026, 11, 22)])
def test_la_mention_dit_tout_ce_que_le_code_exige(le):
    mention = composer_mention(gabarit=_gabarit(le), finalite="choisir", demande="Hôtel")
    assert porte_mention(mention)
    assert "choisir" in mention
    assert "Hôtel" in mention
    assert ("article 10 de la loi" in mention) == (le.year < 2019)
    assert "article 47 de la loi" in mention or le.year < 2019


@pytest.mark.parametrize("mots", [mots for _, mots in ELEMENTS])
def test_chaque_element_qui_manque_fait_refuser_la_mention(mots):
    debut = _gabarit().casefold().find(mots.casefold())
    ampute = _gabarit().casefold().replace(mots.casefold(), "")
    assert debut >= 0
    assert elements_absents(ampute)
    with pytest.raises(ValueError, match="ne dit pas"):
        composer_mention(gabarit=ampute, finalite="choisir", demande="Hôtel")


@pytest.mark.parametrize(("finalite", "demande"), [("", "Hôtel"), ("choisir", " ")])
def test_la_mention_sans_finalite_ni_adresse_est_refusee(finalite, demande):
    with pytest.raises(ValueError, match="demande une finalité"):
        composer_mention(gabarit=_gabarit(), finalite=finalite, demande=demande)


def test_tous_les_modeles_d_origine_tiennent_les_regles_du_service():
    assert len(definitions()) == 8
    for definition in definitions().values():
        for canal, texte in definition.textes.items():
            assert controler(definition=definition, texte=texte, canal=canal) == ()
            assert "telephone_service" in trous(texte.corps), (definition.code, canal)
            if definition.objet == "rendez_vous":
                assert {"date", "heure", "lieu"} <= set(trous(texte.corps))


MENACES = ("sanction", "suspendu", "suspension", "radi", "obligation de", "sous peine", "sinon")


def test_aucun_modele_d_origine_ne_menace():
    for definition in definitions().values():
        for texte in definition.textes.values():
            bas = texte.corps.casefold()
            assert not [mot for mot in MENACES if mot in bas], definition.code


@pytest.mark.parametrize(
    ("numero", "attendu"),
    [
        ("06 39 98 01 23", "+33639980123"),
        ("06.39.98.01.23", "+33639980123"),
        ("0033 6 39 98 01 23", "+33639980123"),
        ("+33 (0)6 39 98 01 23", "+33639980123"),
        ("639980123", "+33639980123"),
        ("07 00 00 00 01", "+33700000001"),
        ("04 65 71 01 23", None),
        ("+32 470 12 34 56", None),
        ("06 39 98", None),
        ("", None),
        ("pas un numéro", None),
    ],
)
def test_un_mobile_s_ecrit_au_format_international(numero, attendu):
    assert mobile_e164(numero) == attendu


@given(st.text(max_size=24))
def test_un_numero_rendu_est_toujours_bien_forme_et_stable(texte):
    rendu = mobile_e164(texte)
    if rendu is not None:
        assert len(rendu) == 12
        assert mobile_e164(rendu) == rendu


def test_une_destination_masquee_ne_dit_que_de_quoi_la_reconnaitre():
    assert masquer("eleonore@example.org", "courriel") == "e…@example.org"
    assert masquer("+33639980123", "sms") == "+33 … 23"
    assert masquer("É. Bœuf\n3 rue des Tables\n43100 BRIOUDE", "courrier") == "43100 BRIOUDE"


@pytest.mark.parametrize(
    ("texte", "segments"),
    [("a" * 160, 1), ("a" * 161, 2), ("€" * 80, 1), ("ê" * 70, 1), ("ê" * 71, 2), ("a" * 307, 3)],
)
def test_les_sms_se_comptent_comme_ils_se_facturent(texte, segments):
    assert segments_sms(texte) == segments


@given(st.integers(1, 10_000), st.integers(1, 60), st.integers(60, 10_000))
def test_l_attente_croit_et_reste_bornee(echecs, premiere, maximum):
    attente = attente_minutes(echecs=echecs, premiere=premiere, maximum=maximum)
    suivante = attente_minutes(echecs=echecs + 1, premiere=premiere, maximum=maximum)
    assert premiere <= attente <= suivante <= maximum
