"""H5. La graine :

« 140 249 € pour les chantiers d'insertion et pour un référent unique dédié à chaque bénéficiaire.
La volonté de l'État et du Département est de faire en sorte qu'un nombre de plus en plus important
de personnes puissent bénéficier dans leur accompagnement d'un référent unique de parcours, gage
d'efficacité et de qualité dans leur suivi. »
"""

from dataclasses import dataclass
from datetime import date

import pytest

from draille.mesures.orientation_rsa.actes import Decision, orienter
from draille.mesures.orientation_rsa.models import Suivi
from draille.mesures.orientation_rsa.tests import fabrique
from draille.mesures.referent_unique import actes as referents
from draille.mesures.referent_unique.models import Calcul, Demande, LigneCalcul
from draille.mesures.rendez_vous.models import DemandeRendezVous
from draille.moteurs.indicateurs.registre import indicateurs
from draille.noyau.journal.actes import livrer
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus
from tests.conventions import publie

ENTREE, ORIENTATION, SEMAINE = date(2020, 9, 5), date(2020, 9, 21), date(2020, 9, 28)
SOCIAL = Decision(type_parcours="social", organisme="departement")


@dataclass
class Bureau:
    """Un Département de deux communes, une chargée d'orientation, deux référents."""

    ici: Commune
    loin: Commune
    chargee: Acces
    proche: Agent
    eloigne: Agent


@pytest.fixture
def bureau(systeme: Acces) -> Bureau:
    """Le Puy et une commune à une demi-heure ; un référent dans chacune, une place chacun."""
    ici = Commune.objects.create(
        code_insee="43157", nom="Le Puy", latitude=45.04, longitude=3.88, surface_km2=16.8,
        population=19_000,
    )  # fmt: skip
    loin = Commune.objects.create(
        code_insee="43040", nom="Brioude", latitude=45.29, longitude=3.38, surface_km2=13.5,
        population=6_600,
    )  # fmt: skip
    departement = Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=date(2019, 1, 1)
    )
    for commune in (ici, loin):
        TerritoireCommune.objects.create(
            territoire=departement, commune=commune, nature="departement", debut=date(2019, 1, 1)
        )
    organisation = Organisation.objects.create(code="cd43", nom="CD 43", est_departement=True)

    def agent(nom: str, role: Role, ou: Commune | None) -> Agent:
        cree = Agent.objects.create(
            identifiant=nom, nom=nom, prenom="Anne", organisation=organisation
        )
        Habilitation.objects.create(
            agent=cree, compartiment=2, role=role, territoire=departement, debut=date(2019, 1, 1)
        )
        if ou is not None:
            referents.ouvrir_portefeuille(
                agent_id=cree.pk,
                termes=referents.TermesPortefeuille(
                    places=1,
                    orientations=("social:departement",),
                    commune_id=ou.pk,
                    bureau=f"Maison de {ou.nom}",
                ),
                par=systeme,
                le=date(2019, 6, 1),
            )
        return cree

    chargee = agent("Chazal", Role.CHARGE_ORIENTATION, None)
    cle = cle_generale(compartiment=Compartiment.INSERTION)
    return Bureau(
        ici=ici,
        loin=loin,
        chargee=Acces(
            agent_id=chargee.pk,
            organisation_id=organisation.pk,
            nom="Chazal",
            cles_par_role={Role.CHARGE_ORIENTATION: frozenset({cle})},
        ),
        proche=agent("Proche", Role.REFERENT, ici),
        eloigne=agent("Éloigné", Role.REFERENT, loin),
    )


def _orienter(bureau: Bureau, systeme: Acces, nom: str, commune: Commune) -> Suivi:
    suivi: Suivi = fabrique.suivi_ouvert(systeme, le=ENTREE, nom=nom, commune=commune)
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=bureau.chargee, le=ORIENTATION)
    return suivi


def _proposer(bureau: Bureau, systeme: Acces) -> Calcul:
    livrer(par=systeme)
    return referents.calculer_proposition(par=bureau.chargee, le=SEMAINE)


def test_la_ligne_de_la_convention_a_ses_indicateurs():
    codes = {i.code for i in indicateurs(ligne_convention="referent_unique")}
    assert codes, "la ligne du référent n'a pas d'indicateur"
    phrase = "un référent unique dédié à chaque bénéficiaire"
    assert phrase in publie.page("43_convention_pauvrete.txt")


def test_chaque_personne_orientee_recoit_un_seul_referent_le_plus_proche(systeme, bureau):
    du_puy = _orienter(bureau, systeme, "Duvillage", bureau.ici)
    de_brioude = _orienter(bureau, systeme, "Brivadois", bureau.loin)
    calcul = _proposer(bureau, systeme)
    assert Referent.objects.count() == 0, "une proposition ne désigne personne"
    lignes = LigneCalcul.objects.filter(calcul=calcul)
    bilan = referents.accepter_lignes(lignes=[x.pk for x in lignes], par=bureau.chargee, le=SEMAINE)
    assert not bilan.refusees
    attendus = {du_puy.personne_id: bureau.proche.pk, de_brioude.personne_id: bureau.eloigne.pk}
    assert dict(Referent.objects.values_list("personne_id", "agent_id")) == attendus


def test_du_guichet_a_la_convocation_tout_tient_par_le_journal(systeme, bureau):
    suivi = _orienter(bureau, systeme, "Duvillage", bureau.ici)
    (ligne,) = _proposer(bureau, systeme).lignes.all()
    referents.accepter_ligne(ligne_id=ligne.pk, par=bureau.chargee, le=SEMAINE)
    livrer(par=systeme)
    demande = DemandeRendezVous.objects.get(motif="referent", objet_id=suivi.entree_id)
    assert demande.agent_id == bureau.proche.pk
    assert demande.avant_le == date(2020, 10, 6), "quinze jours après l'orientation"
    codes = list(
        LigneJournal.objects.filter(objet_id=suivi.entree_id)
        .order_by("id")
        .values_list("code", flat=True)
    )
    fil = ["suivi_rsa.entrer", "orientation_rsa.orienter", "referent_unique.designer"]
    assert [c for c in codes if c in fil] == fil


def test_les_places_sont_bornees_et_la_base_le_tient(systeme, bureau):
    for nom in ("Un", "Deux", "Trois"):
        _orienter(bureau, systeme, nom, bureau.ici)
    calcul = _proposer(bureau, systeme)
    assert sorted(calcul.lignes.values_list("place", flat=True)).count(-1) == 1
    en_trop = calcul.lignes.get(place=-1)
    for ligne in calcul.lignes.exclude(place=-1):
        referents.accepter_ligne(ligne_id=ligne.pk, par=bureau.chargee, le=SEMAINE)
    with pytest.raises(Refus) as refus:
        referents.changer_ligne(
            ligne_id=en_trop.pk,
            agent_id=bureau.proche.pk,
            motif="La personne le demande.",
            par=bureau.chargee,
            le=SEMAINE,
        )
    assert refus.value.code in {"referent_unique.complet", "referent.quota"}
    assert Demande.objects.filter(statut="a_confier").count() == 1


def test_qui_sort_du_rsa_rend_sa_place(systeme, bureau):
    suivi = _orienter(bureau, systeme, "Duvillage", bureau.ici)
    (ligne,) = _proposer(bureau, systeme).lignes.all()
    referents.accepter_ligne(ligne_id=ligne.pk, par=bureau.chargee, le=SEMAINE)
    entree = LigneJournal.objects.get(code="suivi_rsa.entrer", objet_id=suivi.entree_id)
    fabrique.sortir(entree, systeme, date(2020, 10, 10))
    livrer(par=systeme)
    assert Referent.objects.get(personne_id=suivi.personne_id).fin == date(2020, 10, 10)
    suivante = _orienter(bureau, systeme, "Suivante", bureau.ici)
    livrer(par=systeme)
    referents.designer_a_la_main(
        personne_id=suivante.personne_id,
        agent_id=bureau.proche.pk,
        motif="",
        par=bureau.chargee,
        le=date(2020, 10, 12),
    )
    assert Referent.objects.filter(agent=bureau.proche, fin__isnull=True).count() == 1
