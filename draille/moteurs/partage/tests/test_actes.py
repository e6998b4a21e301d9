"""Consentir, orienter, répondre, se rétracter : ce qui s'écrit, et ce qui se refuse."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Consentement, LienReponse, Orientation
from draille.moteurs.partage.tests.conftest import LE, TOUT
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Consultation
from draille.socle.acces import Role
from draille.socle.refus import Refus


def _codes(monde):
    monde.sous(monde.systeme)
    lignes = LigneJournal.objects.filter(code__startswith="partage.", personne_id=monde.personne.pk)
    return list(lignes.order_by("id").values_list("code", flat=True))


def _refus(code):
    return pytest.raises(Refus, check=lambda r: r.code == code)


def test_seul_ce_que_la_personne_accepte_est_transmis(monde):
    consentement = monde.consentir(("nom", "besoins"))
    orientation = monde.orienter(consentement)
    assert orientation.transmis == {"nom": "Aline Testot", "besoins": ["logement"]}
    assert orientation.destination == "Le Relais"
    assert orientation.avant_le == LE + timedelta(days=15)
    monde.sous(monde.chez_le_partenaire)
    (recue,) = partage.recues_par(acces=monde.chez_le_partenaire, le=LE)
    assert (recue.nom, recue.besoins) == ("Aline Testot", ["logement"])
    assert "telephone" not in recue.transmis


def test_sans_accord_rien_ne_part_mais_le_departement_suit(monde):
    orientation = monde.orienter(None)
    assert (orientation.cle_partenaire, orientation.transmis) == (None, None)
    assert partage.de_la_personne(personne_id=monde.personne.pk, acces=monde.social)
    monde.sous(monde.chez_le_partenaire)
    assert partage.recues_par(acces=monde.chez_le_partenaire, le=LE) == []


def test_le_meme_accord_redit_n_en_fait_qu_un(monde):
    premier = monde.consentir(("nom", "message"))
    assert monde.consentir(("message", "nom")).pk == premier.pk
    assert _codes(monde) == ["partage.consentir"]


def test_un_accord_plus_etroit_efface_aussitot_ce_qu_il_ne_couvre_plus(monde):
    orientation = monde.orienter(monde.consentir(), message="Elle préfère le matin.")
    assert set(orientation.transmis) == set(TOUT)
    monde.consentir(("nom",))
    orientation.refresh_from_db()
    assert orientation.transmis == {"nom": "Aline Testot"}
    assert orientation.consentement.portee == ["nom"]
    assert Consentement.objects.filter(retire_le__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("portee", "forme", "code"),
    [
        ((), "oral", "partage.portee_vide"),
        (("nir",), "oral", "partage.portee_inconnue"),
        (("nom",), "devinette", "partage.forme_inconnue"),
    ],
)
def test_un_accord_se_dit_clairement(monde, portee, forme, code):
    with _refus(code):
        monde.consentir(portee, forme)
    assert _codes(monde) == []


def test_un_accord_ne_sert_qu_a_son_partenaire_et_tant_qu_il_vit(monde):
    consentement = monde.consentir()
    with _refus("partage.sans_accord"):
        monde.orienter(consentement, partenaire_id=monde.autre.pk)
    with _refus("partage.sans_accord"):
        monde.orienter(consentement, partenaire_id=None, destination="Mairie")
    partage.retirer_consentement(consentement_id=consentement.pk, par=monde.social, le=LE)
    with _refus("partage.sans_accord"):
        monde.orienter(consentement)
    with _refus("partage.deja_retire"):
        partage.retirer_consentement(consentement_id=consentement.pk, par=monde.social, le=LE)


def test_un_message_ne_part_pas_sans_qu_elle_l_accepte(monde):
    with _refus("partage.message_sans_accord"):
        monde.orienter(monde.consentir(("nom",)), message="Attention, elle…")
    with _refus("partage.message_sans_accord"):
        monde.orienter(None, message="Bonjour")


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"partenaire_id": None, "destination": " "}, "partage.destination_vide"),
        ({"besoins": ("Aline a besoin de",)}, "partage.besoin_inconnu"),
        ({"partenaire_id": 0}, "partage.partenaire_inconnu"),
    ],
)
def test_une_orientation_mal_dite_est_refusee(monde, champs, code):
    with _refus(code):
        monde.orienter(None, **champs)


def test_on_n_oriente_plus_vers_un_partenaire_ferme(monde):
    consentement = monde.consentir()
    partage.fermer_partenaire(
        partenaire_id=monde.partenaire.pk, par=monde.sous(monde.systeme), le=LE
    )
    with _refus("partage.partenaire_ferme"):
        monde.orienter(consentement)
    assert [p.organisation.nom for p in partage.partenaires(le=LE)] == ["La Halte"]


def test_le_partenaire_repond_et_la_ligne_est_au_journal_de_la_personne(monde):
    orientation = monde.orienter(monde.consentir())
    qui = monde.sous(monde.chez_le_partenaire)
    partage.accepter(orientation_id=orientation.pk, par=qui, le=LE, nouvelles="Mardi à 10 h")
    partage.recevoir(orientation_id=orientation.pk, par=qui, le=LE + timedelta(days=3))
    partage.terminer(orientation_id=orientation.pk, par=qui, le=LE + timedelta(days=9))
    # Ce que le partenaire écrit au journal, il ne peut pas le lire.
    assert (
        monde.sql(
            "SELECT 1 FROM noyau_lignejournal WHERE code LIKE 'partage.%%'"
            " AND personne_id IS NOT NULL"
        )
        == []
    )
    assert monde.sql("SELECT 1 FROM noyau_personne") == []
    monde.sous(monde.social)
    orientation.refresh_from_db()
    assert (orientation.statut, orientation.nouvelles) == ("terminee", "Mardi à 10 h")
    ligne = LigneJournal.objects.get(code="partage.accepter")
    assert ligne.charge == {"voie": "partenaire"}
    assert (ligne.objet_id, ligne.organisation_id) == (
        orientation.pk,
        monde.partenaire.organisation_id,
    )
    assert ligne.personne_id == monde.personne.pk


def test_un_partenaire_ne_repond_que_de_ce_qui_lui_est_adresse(monde):
    orientation = monde.orienter(monde.consentir())
    voisin = monde.sous(monde.agent(Role.PARTENAIRE, monde.autre.organisation))
    for geste in (partage.accepter, partage.recevoir, partage.terminer, partage.perdre):
        with _refus("partage.orientation_inconnue"):
            geste(orientation_id=orientation.pk, par=voisin, le=LE)
    with _refus("partage.orientation_inconnue"):
        partage.recue(orientation_id=orientation.pk, acces=voisin)
    monde.sous(monde.systeme)
    orientation.refresh_from_db()
    assert orientation.statut == "envoyee"


def test_un_partenaire_ne_consent_ni_n_oriente_ni_ne_relance(monde):
    consentement = monde.consentir()
    orientation = monde.orienter(consentement)
    qui = monde.sous(monde.chez_le_partenaire)
    with _refus("partage.personne_inconnue"):
        partage.consentir(
            personne=monde.personne,
            partenaire_id=monde.partenaire.pk,
            portee=TOUT,
            forme="oral",
            par=qui,
            le=LE,
        )
    with _refus("partage.consentement_inconnu"):
        partage.retirer_consentement(consentement_id=consentement.pk, par=qui, le=LE)
    with _refus("acces.refuse"):
        partage.relancer(orientation_id=orientation.pk, par=qui, le=LE)
    with _refus("acces.refuse"):
        partage.prendre_acte(orientation_id=orientation.pk, par=qui, le=LE)
    with _refus("partage.orientation_inconnue"):
        partage.creer_lien(orientation_id=orientation.pk, par=qui, le=LE)
    with _refus("acces.refuse"):
        partage.inscrire_partenaire(fiche=partage.FichePartenaire(nom="Ami"), par=qui, le=LE)


def test_un_refus_a_son_motif_et_revient_au_departement(monde):
    orientation = monde.orienter(monde.consentir())
    qui = monde.sous(monde.chez_le_partenaire)
    with _refus("partage.motif"):
        partage.refuser(orientation_id=orientation.pk, motif="bof", par=qui, le=LE)
    partage.refuser(orientation_id=orientation.pk, motif="complet", par=qui, le=LE)
    with _refus("partage.geste_impossible"):
        partage.recevoir(orientation_id=orientation.pk, par=qui, le=LE)
    monde.sous(monde.social)
    assert [o.pk for o in partage.a_suivre(acces=monde.social, le=LE).revenues] == [orientation.pk]
    partage.prendre_acte(orientation_id=orientation.pk, par=monde.social, le=LE)
    assert partage.a_suivre(acces=monde.social, le=LE).revenues == []
    with _refus("partage.rien_a_voir"):
        partage.prendre_acte(orientation_id=orientation.pk, par=monde.social, le=LE)


def test_reorienter_pour_le_meme_besoin_vaut_avoir_vu_le_retour(monde):
    perdue = monde.orienter(None)
    partage.perdre(orientation_id=perdue.pk, par=monde.social, le=LE)
    monde.orienter(None, besoins=("sante",))
    assert partage.a_suivre(acces=monde.social, le=LE).revenues == [perdue]
    monde.orienter(None, besoins=("sante", "logement"))
    assert partage.a_suivre(acces=monde.social, le=LE).revenues == []


def test_sans_reponse_l_orientation_revient_le_lendemain_de_la_limite(monde):
    orientation = monde.orienter(monde.consentir())
    limite = orientation.avant_le
    assert partage.a_suivre(acces=monde.social, le=limite).total == 0
    lendemain = limite + timedelta(days=1)
    assert partage.a_suivre(acces=monde.social, le=lendemain).en_retard == [orientation]
    partage.accepter(orientation_id=orientation.pk, par=monde.social, le=lendemain)
    assert partage.a_suivre(acces=monde.social, le=lendemain).total == 0
    bien_apres = lendemain + timedelta(days=31)
    assert partage.a_suivre(acces=monde.social, le=bien_apres).sans_nouvelles == [orientation]


def test_l_agent_qui_a_des_nouvelles_repond_a_la_place_du_partenaire(monde):
    orientation = monde.orienter(None)
    partage.recevoir(orientation_id=orientation.pk, par=monde.social, le=LE)
    assert LigneJournal.objects.get(code="partage.recevoir").charge == {"voie": "agent"}
    with _refus("partage.date"):
        partage.terminer(orientation_id=orientation.pk, par=monde.social, le=LE - timedelta(days=1))


def test_relancer_compte_et_ne_deplace_pas_la_limite(monde):
    orientation = monde.orienter(monde.consentir())
    relancee = partage.relancer(
        orientation_id=orientation.pk, par=monde.social, le=LE + timedelta(days=16)
    )
    assert (relancee.relances, relancee.avant_le) == (1, orientation.avant_le)
    partage.terminer(orientation_id=orientation.pk, par=monde.social, le=LE)
    with _refus("partage.non_relancable"):
        partage.relancer(orientation_id=orientation.pk, par=monde.social, le=LE)


def test_un_lien_n_ouvre_qu_une_orientation_jusqu_a_son_jour(monde):
    consentement = monde.consentir()
    orientation, autre = monde.orienter(consentement), monde.orienter(consentement)
    jeton = partage.creer_lien(orientation_id=orientation.pk, par=monde.social, le=LE)
    (lien,) = LienReponse.objects.all()
    assert jeton.encode() not in bytes(lien.empreinte)
    ouvert = partage.resoudre(jeton=jeton, le=lien.expire_le)
    assert ouvert is not None
    assert (ouvert.orientation_id, ouvert.acces.agent_id) == (orientation.pk, None)
    assert autre.pk != ouvert.orientation_id
    assert partage.resoudre(jeton=jeton, le=lien.expire_le + timedelta(days=1)) is None
    assert partage.resoudre(jeton=jeton, le=LE - timedelta(days=1)) is None
    assert partage.resoudre(jeton=jeton + "x", le=LE) is None
    partage.creer_lien(orientation_id=orientation.pk, par=monde.social, le=LE)
    assert partage.resoudre(jeton=jeton, le=LE) is None


def test_repondre_par_le_lien_se_trace_et_finir_le_ferme(monde):
    orientation = monde.orienter(monde.consentir())
    jeton = partage.creer_lien(orientation_id=orientation.pk, par=monde.social, le=LE)
    ouvert = partage.resoudre(jeton=jeton, le=LE)
    monde.sous(ouvert.acces)
    partage.tracer_ouverture(lien=ouvert, le=LE)
    partage.terminer(orientation_id=orientation.pk, par=ouvert.acces, le=LE)
    assert partage.resoudre(jeton=jeton, le=LE) is None
    monde.sous(monde.social)
    ligne = LigneJournal.objects.get(code="partage.ouvrir_lien")
    assert (ligne.agent_id, ligne.personne_id) == (None, monde.personne.pk)
    assert LigneJournal.objects.get(code="partage.terminer").charge == {"voie": "lien"}


def test_la_consultation_du_partenaire_se_voit_au_dossier(monde):
    orientation = monde.orienter(monde.consentir())
    qui = monde.sous(monde.chez_le_partenaire)
    partage.tracer_consultation(orientation_id=orientation.pk, par=qui)
    assert monde.sql("SELECT 1 FROM noyau_consultation") == []
    monde.sous(monde.social)
    (vue,) = Consultation.objects.visibles(monde.social)
    assert (vue.agent_id, vue.personne_id) == (qui.agent_id, monde.personne.pk)


def test_qui_accompagne_dit_les_vivantes_seulement(monde):
    vive, finie = monde.orienter(None), monde.orienter(None, besoins=("sante",))
    partage.terminer(orientation_id=finie.pk, par=monde.social, le=LE)
    lu = partage.qui_accompagne(personne_id=monde.personne.pk, acces=monde.social, le=LE)
    assert (lu.orientations, lu.organisations) == ([vive], ["Le Relais"])


def test_la_base_refuse_de_transmettre_sans_accord(monde):
    monde.sous(monde.systeme)
    with pytest.raises(IntegrityError), transaction.atomic():
        Orientation.objects.create(
            personne=monde.personne,
            partenaire=monde.partenaire,
            cle_partenaire=1,
            transmis={},
            destination="x",
            envoyee_le=LE,
            avant_le=LE,
            cle_acces=100_000,
        )


def test_l_histoire_suit_la_personne_qui_demenage(monde):
    from draille.noyau.territoire.models import Commune

    orientation = monde.orienter(monde.consentir())
    partage.creer_lien(orientation_id=orientation.pk, par=monde.social, le=LE)
    ailleurs = Commune.objects.create(code_insee="43040", nom="Brioude", population=1)
    monde.sous(monde.systeme)
    monde.personne.commune = ailleurs
    monde.personne.save(update_fields=["commune"])
    for table in ("partage_orientation", "partage_consentement", "partage_lienreponse"):
        assert monde.sql(f"SELECT cle_acces FROM {table}") == [(100_000 + ailleurs.pk,)]
    # La clé du partenaire, elle, ne bouge pas.
    orientation.refresh_from_db()
    assert orientation.cle_partenaire == 600_000 + monde.partenaire.organisation_id


def test_tenir_la_fiche_d_un_partenaire(monde):
    par = monde.sous(monde.agent(Role.CADRE))
    fiche = partage.FichePartenaire(nom="Le Relais", courriel="nouveau@exemple.org")
    lu = partage.modifier_partenaire(partenaire_id=monde.partenaire.pk, fiche=fiche, par=par, le=LE)
    assert lu.courriel == "nouveau@exemple.org"
    lignes = LigneJournal.objects.filter(code="partage.modifier_partenaire")
    assert lignes.get().charge == {"champs": ["courriel"]}
    partage.modifier_partenaire(partenaire_id=monde.partenaire.pk, fiche=fiche, par=par, le=LE)
    assert lignes.count() == 1
    with _refus("partage.partenaire_deja"):
        partage.inscrire_partenaire(
            fiche=fiche, organisation=monde.partenaire.organisation, par=par, le=LE
        )
    homonyme = partage.inscrire_partenaire(fiche=fiche, par=par, le=date(2020, 10, 16))
    assert homonyme.organisation.code == "le-relais-2"
