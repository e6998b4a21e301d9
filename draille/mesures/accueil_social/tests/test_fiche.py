"""La fiche papier : où aller, quand, comment ; jamais le nom de qui la tient."""

import io
from datetime import date, timedelta

import pypdf
import pytest

from draille.mesures.accueil_social import actes, regles
from draille.mesures.accueil_social.actes import OrientationSaisie, ReponseSaisie
from draille.mesures.accueil_social.lectures_fiche import TRANSMIS, composer_fiche
from draille.mesures.accueil_social.tests import fabrique as f
from draille.moteurs.annuaire.models import Horaire
from draille.moteurs.partage.calcul import PORTEES
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces) -> None:
    f.au(f.LE, systeme)


def _texte(pdf: bytes) -> str:
    lu = pypdf.PdfReader(io.BytesIO(pdf))
    racine = lu.trailer["/Root"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in racine["/Metadata"].get_data().decode()
    assert racine["/Lang"] == "fr-FR"
    return " ".join(" ".join(page.extract_text() for page in lu.pages).split())


def test_la_fiche_d_une_personne_dit_ou_quand_comment_et_ce_qui_est_convenu(systeme):
    f.organisation()
    ici, vers = f.lieu(), f.lieu("Maison de Brioude", ou=f.brioude(), accessibilite="De plain-pied")
    Horaire.objects.create(point=vers, le=date(2020, 9, 9), est_fermeture=True, debut=f.DEPUIS)
    accueil = actes.accueillir(
        saisie=f.nouvelle(
            commune_id=f.commune().pk,
            point_id=ici.pk,
            paroles="Mon propriétaire me met dehors",
            besoins=("logement",),
            reponses=(
                ReponseSaisie(genre="formulaire"),
                ReponseSaisie(genre="lieu_indique", point_id=vers.pk),
            ),
            orientations=(
                OrientationSaisie(
                    partenaire_id=f.partenaire().pk,
                    besoins=("logement",),
                    portee=("nom", "telephone"),
                    forme_consentement="oral",
                ),
            ),
            suite="Apporter le bail",
            suite_le=f.LE + timedelta(days=8),
        ),
        par=systeme,
        le=f.LE,
    )
    texte = _texte(composer_fiche(accueil_id=accueil.pk, acces=systeme, le=f.LE))
    for attendu in (
        "Fiche remise le lundi 7 septembre 2020",
        "Maison de Brioude",
        "43000 Brioude",
        "Depuis Le Puy-en-Velay",
        "minutes en voiture (entre",
        "Lundi 9 h – 17 h",
        "9 septembre 2020 fermé",
        "De plain-pied",
        "Nous avons rempli un formulaire avec vous.",
        "Nous avons demandé à Organisation asso de vous recevoir (logement).",
        "Convenu avec vous : Apporter le bail.",
        "mardi 15 septembre 2020",
        "votre prénom et votre nom, votre numéro de téléphone",
        "Vous pouvez changer d'avis",
        "Maison du Département : 04 00 00 00 00",
        "3919",
    ):
        assert attendu in texte, attendu
    for tu in ("Rivet", "Solange", "propriétaire"):
        assert tu not in texte


def test_la_fiche_d_une_personne_anonyme(systeme):
    lieu = f.lieu()
    accueil = actes.accueillir(
        saisie=f.saisie(
            besoins=("violences",),
            point_id=lieu.pk,
            reponses=(ReponseSaisie(genre="lieu_indique", point_id=lieu.pk),),
        ),
        par=systeme,
        le=f.LE,
    )
    texte = _texte(composer_fiche(accueil_id=accueil.pk, acces=systeme, le=f.LE))
    assert "1 place de la Mairie" in texte
    assert "3919" in texte
    assert "Depuis Le Puy-en-Velay" in texte


def test_la_fiche_de_quelques_points_sans_accueil(systeme):
    muet = f.lieu("Épicerie", heures=False, latitude=None, longitude=None)
    a_pied = f.lieu("Mairie", latitude=45.045)
    texte = _texte(
        composer_fiche(
            points=[muet.pk, a_pied.pk, 999_999],
            commune_id=f.commune().pk,
            acces=systeme,
            le=f.LE,
        )
    )
    assert "Heures inconnues : appelez avant d'y aller." in texte
    assert "à pied" in texte
    assert "Ce qui est convenu" not in texte
    assert "revenez nous voir" in texte


def test_un_texte_ne_devient_jamais_du_balisage(systeme):
    lieu = f.lieu('#panic("x") *gras* <b>')
    texte = _texte(composer_fiche(points=[lieu.pk], acces=systeme, le=f.LE))
    assert '#panic("x") *gras* <b>' in texte


def test_la_fiche_est_la_meme_pour_les_memes_donnees(systeme):
    lieu = f.lieu()
    un, deux = (composer_fiche(points=[lieu.pk], acces=systeme, le=f.LE) for _ in range(2))
    assert un == deux


def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_de_lieux(
    systeme, django_assert_max_num_queries
):
    lieux = [f.lieu(f"Lieu {n}").pk for n in range(6)]
    accueil = actes.accueillir(
        saisie=f.nouvelle(
            commune_id=f.commune().pk,
            reponses=tuple(ReponseSaisie(genre="lieu_indique", point_id=p) for p in lieux),
        ),
        par=systeme,
        le=f.LE,
    )
    with django_assert_max_num_queries(13):
        composer_fiche(accueil_id=accueil.pk, acces=systeme, le=f.LE)


def test_un_accueil_ferme_n_a_pas_de_fiche(systeme):
    accueil = actes.accueillir(saisie=f.saisie(), par=systeme, le=f.LE)
    autre = f.acces(communes=(f.brioude(),))
    with pytest.raises(Refus) as refus:
        composer_fiche(accueil_id=accueil.pk, acces=autre, le=f.LE)
    assert refus.value.code == "accueil_social.introuvable"
    with pytest.raises(Refus) as refus:
        composer_fiche(acces=f.acces(role=Role.PARTENAIRE), le=f.LE)
    assert refus.value.code == "acces.refuse"


def test_tout_ce_qui_se_transmet_se_dit_a_la_personne():
    assert set(TRANSMIS) == set(PORTEES)


def test_la_fiche_ne_dit_pas_pourquoi_on_est_venu(systeme):
    """Les mêmes numéros pour tous, et les violences jamais nommées comme un besoin."""
    lieu = f.lieu()
    fiches = []
    for besoin in ("violences", "numerique"):
        accueil = actes.accueillir(
            saisie=f.nouvelle(
                besoins=(besoin,),
                orientations=(OrientationSaisie(point_id=lieu.pk, besoins=(besoin,)),),
            ),
            par=systeme,
            le=f.LE,
        )
        fiches.append(_texte(composer_fiche(accueil_id=accueil.pk, acces=systeme, le=f.LE)))
    violences, numerique = fiches
    assert all(numero in violences for numero, _ in regles.NUMEROS)
    assert violences == numerique.replace(" (numérique)", "")
