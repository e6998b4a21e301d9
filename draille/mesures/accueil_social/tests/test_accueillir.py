"""Accueillir : rien d'obligatoire, un envoi n'écrit qu'un accueil, chacun reçu où qu'il vive."""

from dataclasses import replace
from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from draille.mesures.accueil_social import actes, lectures
from draille.mesures.accueil_social.actes import OrientationSaisie, ReponseSaisie
from draille.mesures.accueil_social.models import Accueil, Besoin, Note, Reponse
from draille.mesures.accueil_social.tests import fabrique as f
from draille.moteurs.partage.models import Consentement, Orientation
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces) -> None:
    f.au(f.LE, systeme)


def _comptes() -> tuple[int, ...]:
    tables = (Accueil, Besoin, Reponse, Note, Orientation, Consentement, Personne, LigneJournal)
    return tuple(t.objects.count() for t in tables)


def test_une_saisie_vide_suffit_pour_etre_recu(systeme):
    accueil = actes.accueillir(saisie=f.saisie(), par=systeme, le=f.LE)
    assert (accueil.identite, accueil.personne_id, accueil.commune_id) == ("anonyme", None, None)
    ligne = LigneJournal.objects.get(code="accueil_social.accueillir")
    assert (ligne.personne_id, ligne.objet_id, ligne.compartiment) == (None, accueil.pk, 1)
    assert ligne.pk == accueil.ligne_id
    assert ligne.charge == {
        "canal": "guichet",
        "venue": "spontanee",
        "identite": "anonyme",
        "point_id": None,
        "besoins": [],
        "reponses": [],
        "est_hors_departement": False,
    }


def test_un_accueil_entier_s_ecrit_en_une_fois(systeme):
    ou, lieu, partenaire = f.commune(), f.lieu(), f.partenaire()
    agent = f.acces(communes=(ou,))
    f.au(f.LE, agent)
    accueil = actes.accueillir(
        saisie=f.nouvelle(
            commune_id=ou.pk,
            telephone="0601020304",
            canal="telephone",
            venue="prevue",
            point_id=lieu.pk,
            heure=time(9, 40),
            paroles="Je ne peux plus payer mon loyer.",
            besoins=("logement", "ressources", "logement"),
            reponses=(
                ReponseSaisie(genre="information", besoin="ressources"),
                ReponseSaisie(genre="lieu_indique", besoin="logement", point_id=lieu.pk),
                ReponseSaisie(genre="information", besoin="ressources"),
            ),
            orientations=(
                OrientationSaisie(
                    partenaire_id=partenaire.pk,
                    besoins=("logement",),
                    portee=("nom", "telephone"),
                    forme_consentement="oral",
                ),
            ),
            suite="La rappeler quand le partenaire aura répondu",
            suite_le=f.LE + timedelta(days=15),
            note_partagee="Souhaite être appelée le matin.",
            note_privee="Vérifier les droits au tarif de l'eau.",
        ),
        par=agent,
        le=f.LE,
    )
    personne = Personne.objects.get(nom_naissance="Rivet")
    assert (personne.telephone, personne.compartiments) == ("0601020304", [1])
    assert [b.code for b in accueil.besoins.order_by("rang")] == ["logement", "ressources"]
    assert sorted(r.genre for r in accueil.reponses.all()) == [
        "information",
        "lieu_indique",
        "orientation",
    ]
    orientation = Orientation.objects.get()
    assert (orientation.origine_id, orientation.personne_id) == (accueil.pk, personne.pk)
    assert orientation.transmis == {"nom": "Solange Rivet", "telephone": "0601020304"}
    partagee, privee = Note.objects.order_by("est_privee")
    assert (partagee.cle_acces, privee.cle_acces) == (
        100_000 + ou.pk,
        700_000 + (agent.agent_id or 0),
    )
    ecrit = str(list(LigneJournal.objects.values_list("charge", flat=True)))
    for mot in ("Rivet", "loyer", "0601020304", "matin", "rappeler"):
        assert mot not in ecrit
    charge = LigneJournal.objects.get(code="accueil_social.accueillir").charge
    assert charge["reponses"] == ["information", "lieu_indique", "orientation"]


def test_un_envoi_repete_ne_double_rien(systeme):
    partenaire = f.partenaire()
    saisie = f.nouvelle(
        telephone="0601020304",
        besoins=("logement",),
        orientations=(
            OrientationSaisie(
                partenaire_id=partenaire.pk, portee=("nom",), forme_consentement="oral"
            ),
        ),
        note_partagee="Une note.",
    )
    premier = actes.accueillir(saisie=saisie, par=systeme, le=f.LE)
    avant = _comptes()
    second = actes.accueillir(saisie=replace(saisie, paroles="Autre"), par=systeme, le=f.LE)
    assert second.pk == premier.pk
    assert _comptes() == avant


def test_un_envoi_repete_pour_qui_vit_ailleurs_ne_double_rien(systeme):
    agent, ailleurs = f.acces(communes=(f.commune(),)), f.brioude()
    f.au(f.LE, agent)
    saisie = f.nouvelle(commune_id=ailleurs.pk)
    premier, second = (actes.accueillir(saisie=saisie, par=agent, le=f.LE) for _ in range(2))
    assert premier.pk == second.pk
    assert Accueil.objects.count() == 0
    f.au(f.LE, systeme)
    assert (Accueil.objects.count(), Personne.objects.count()) == (1, 1)


def test_l_envoi_d_un_autre_agent_ne_se_rend_pas(systeme):
    envoi = uuid4()
    actes.accueillir(saisie=f.saisie(envoi), par=f.acces(nom="un"), le=f.LE)
    with pytest.raises(Refus) as refus:
        actes.accueillir(saisie=f.saisie(envoi), par=f.acces(nom="deux"), le=f.LE)
    assert refus.value.code == "accueil_social.envoi_deja_pris"


def test_un_refus_ne_laisse_rien_derriere_lui(systeme):
    avant = _comptes()
    saisie = f.nouvelle(
        telephone="0601020304",
        orientations=(
            OrientationSaisie(partenaire_id=99, portee=("nom",), forme_consentement="oral"),
        ),
    )
    with pytest.raises(Refus) as refus:
        actes.accueillir(saisie=saisie, par=systeme, le=f.LE)
    assert refus.value.code == "partage.partenaire_inconnu"
    assert _comptes() == avant


def test_une_personne_connue_d_un_autre_metier_le_devient_du_social(systeme):
    de = f.personne(systeme, compartiment=f.INSERTION)
    agent = f.acces(communes=(f.commune(),), compartiments=(f.SOCIAL, f.INSERTION))
    f.au(f.LE, agent)
    accueil = actes.accueillir(saisie=f.connue(de), par=agent, le=f.LE)
    assert accueil.personne_id == de.pk
    assert Personne.objects.get(pk=de.pk).compartiments == [2, 1]


def test_un_dossier_rejoint_mene_a_celui_qui_continue(systeme):
    gardee, absorbee = f.personne(systeme), f.personne(systeme, prenom="Odyle")
    Personne.objects.filter(pk=absorbee.pk).update(fusionnee_dans=gardee)
    accueil = actes.accueillir(saisie=f.connue(absorbee), par=systeme, le=f.LE)
    assert accueil.personne_id == gardee.pk


def test_un_dossier_ferme_ne_se_choisit_pas(systeme):
    de = f.personne(systeme, ou=f.brioude())
    agent = f.acces(communes=(f.commune(),))
    f.au(f.LE, agent)
    with pytest.raises(Refus) as refus:
        actes.accueillir(saisie=f.connue(de), par=agent, le=f.LE)
    assert refus.value.code == "accueil_social.personne_introuvable"


def test_qui_vit_ailleurs_est_recu_et_son_dossier_est_chez_lui(systeme):
    ici, la_bas = f.commune(), f.brioude()
    agent = f.acces(communes=(ici,))
    f.au(f.LE, agent)
    accueil = actes.accueillir(
        saisie=f.nouvelle(commune_id=la_bas.pk, note_partagee="Une note."), par=agent, le=f.LE
    )
    assert accueil.cle_acces == 100_000 + la_bas.pk
    assert not agent.voit(accueil.cle_acces)
    assert list(Accueil.objects.all()) == list(Note.objects.all()) == []
    chez_lui = f.acces(communes=(la_bas,), nom="la-bas")
    f.au(f.LE, chez_lui)
    assert lectures.accueil(accueil_id=accueil.pk, acces=chez_lui).nom == "Solange Rivet"


def test_qui_vient_de_loin_sans_dire_son_nom_compte_au_lieu_qui_le_recoit(systeme):
    ici, la_bas = f.commune(), f.brioude()
    agent = f.acces(communes=(ici,))
    lieu = f.lieu(ou=ici)
    f.au(f.LE, agent)
    accueil = actes.accueillir(
        saisie=f.saisie(commune_id=la_bas.pk, point_id=lieu.pk), par=agent, le=f.LE
    )
    assert (accueil.cle_acces, accueil.commune_id) == (100_000 + ici.pk, la_bas.pk)
    assert [a.accueil.pk for a in lectures.du_jour(acces=agent, le=f.LE)] == [accueil.pk]


@pytest.mark.parametrize(
    ("role", "compartiments"),
    [
        (Role.PILOTE, (f.SOCIAL,)),
        (Role.ADMINISTRATEUR, (f.SOCIAL,)),
        (Role.PARTENAIRE, (f.SOCIAL,)),
        (Role.ACCUEIL, (f.INSERTION,)),
        (Role.CADRE, (f.INSERTION,)),
    ],
)
def test_qui_ne_tient_pas_le_guichet_n_accueille_pas(systeme, role, compartiments):
    agent = f.acces(role=role, compartiments=compartiments)
    with pytest.raises(Refus) as refus:
        actes.accueillir(saisie=f.saisie(), par=agent, le=f.LE)
    assert refus.value.code == "acces.refuse"
    assert Accueil.objects.count() == 0


@pytest.mark.parametrize(
    ("dits", "code"),
    [
        ({"canal": "Rivet"}, "valeur_inconnue"),
        ({"venue": "Rivet"}, "valeur_inconnue"),
        ({"identite": "Rivet"}, "valeur_inconnue"),
        ({"besoins": ("Solange Rivet",)}, "valeur_inconnue"),
        ({"reponses": (ReponseSaisie(genre="Rivet"),)}, "valeur_inconnue"),
        ({"reponses": (ReponseSaisie(genre="orientation"),)}, "valeur_inconnue"),
        ({"reponses": (ReponseSaisie(genre="droits", besoin="Rivet"),)}, "valeur_inconnue"),
        ({"orientations": (OrientationSaisie(besoins=("Rivet",)),)}, "valeur_inconnue"),
        ({"point_id": 999_999}, "lieu_inconnu"),
        ({"commune_id": 98_765}, "commune_inconnue"),
    ],
)
def test_un_code_inconnu_ne_s_ecrit_jamais(systeme, dits, code):
    with pytest.raises(Refus) as refus:
        actes.accueillir(saisie=f.saisie(**dits), par=systeme, le=f.LE)
    assert refus.value.code == f"accueil_social.{code}"
    assert "Rivet" not in str(refus.value)


@pytest.mark.parametrize(
    ("dits", "code"),
    [
        ({"suite_le": f.LE - timedelta(days=1)}, "suite_passee"),
        ({"paroles": "a" * 601}, "texte_trop_long"),
        ({"note_privee": "a" * 2001}, "texte_trop_long"),
        ({"telephone": "0" * 21}, "texte_trop_long"),
        ({"courriel": "solange"}, "courriel_mal_ecrit"),
        ({"orientations": (OrientationSaisie(),)}, "destination_manquante"),
        (
            {"orientations": (OrientationSaisie(partenaire_id=1, portee=("nom",)),)},
            "accord_manquant",
        ),
    ],
)
def test_une_saisie_nommee_se_corrige_en_une_phrase(systeme, dits, code):
    with pytest.raises(Refus) as refus:
        actes.accueillir(saisie=f.nouvelle(**dits), par=systeme, le=f.LE)
    assert refus.value.code == f"accueil_social.{code}"


def test_un_prenom_suffit_et_rien_du_tout_propose_l_anonymat(systeme):
    accueil = actes.accueillir(saisie=f.nouvelle(nom="", prenom="Solange"), par=systeme, le=f.LE)
    assert accueil.personne.prenom == "Solange"
    for dits in (f.nouvelle(nom=" ", prenom=""), f.saisie(identite="nouvelle")):
        with pytest.raises(Refus, match="recevez-la sans son nom") as refus:
            actes.accueillir(saisie=dits, par=systeme, le=f.LE)
        assert refus.value.code == "accueil_social.nom_manquant"


def test_un_accueil_ne_se_date_pas_de_demain(systeme):
    with pytest.raises(Refus) as refus:
        actes.accueillir(saisie=f.saisie(), par=systeme, le=f.LE + timedelta(days=1))
    assert refus.value.code == "accueil_social.date_future"
    hier = f.LE - timedelta(days=1)
    assert actes.accueillir(saisie=f.saisie(), par=systeme, le=hier).le == hier


def test_recue_par_une_autre_structure(systeme):
    for lieu, attendu in ((f.lieu(), False), (f.lieu("Autre", hors=True), True)):
        actes.accueillir(saisie=f.saisie(point_id=lieu.pk), par=systeme, le=f.LE)
        charge = LigneJournal.objects.latest("id").charge
        assert charge["est_hors_departement"] is attendu


def test_sans_lieu_c_est_l_agent_qui_dit_la_structure(systeme):
    d_ailleurs = replace(f.acces(), est_du_departement=False)
    actes.accueillir(saisie=f.saisie(), par=d_ailleurs, le=f.LE)
    assert LigneJournal.objects.latest("id").charge["est_hors_departement"] is True


def test_orienter_sans_rien_transmettre(systeme):
    lieu, partenaire = f.lieu(), f.partenaire()
    actes.accueillir(
        saisie=f.nouvelle(
            orientations=(
                OrientationSaisie(point_id=lieu.pk, besoins=("logement",)),
                OrientationSaisie(partenaire_id=partenaire.pk),
            )
        ),
        par=systeme,
        le=f.LE,
    )
    vers_le_lieu, chez_lui = Orientation.objects.order_by("pk")
    assert (vers_le_lieu.destination, vers_le_lieu.partenaire) == ("Maison du Département", None)
    assert (chez_lui.partenaire, chez_lui.transmis, chez_lui.cle_partenaire) == (
        partenaire,
        None,
        None,
    )
    assert Consentement.objects.count() == 0


def test_completer_ajoute_ce_qui_manque_et_rien_deux_fois(systeme):
    accueil = actes.accueillir(saisie=f.nouvelle(besoins=("logement",)), par=systeme, le=f.LE)
    ajout = {
        "besoins": ("logement", "sante"),
        "reponses": (ReponseSaisie(genre="information", besoin="sante"),),
    }
    for _ in range(2):
        actes.completer(accueil_id=accueil.pk, par=systeme, le=f.LE, **ajout)
    assert [b.code for b in accueil.besoins.order_by("rang")] == ["logement", "sante"]
    (ligne,) = LigneJournal.objects.filter(code="accueil_social.completer")
    assert ligne.charge == {"besoins": ["sante"], "reponses": ["information"]}


def test_completer_un_anonyme_n_oriente_personne(systeme):
    lieu = f.lieu()
    accueil = actes.accueillir(saisie=f.saisie(), par=systeme, le=f.LE)
    actes.completer(
        accueil_id=accueil.pk,
        orientations=(OrientationSaisie(point_id=lieu.pk, message="Elle s'appelle Rivet"),),
        par=systeme,
        le=f.LE,
    )
    assert [(r.genre, r.point_id) for r in accueil.reponses.all()] == [("lieu_indique", lieu.pk)]
    assert Orientation.objects.count() == 0


def test_rectifier_dit_quels_champs_jamais_leurs_valeurs(systeme):
    lieu = f.lieu()
    accueil = actes.accueillir(saisie=f.nouvelle(paroles="Un loyer"), par=systeme, le=f.LE)
    voulus = {"canal": "visite", "paroles": "Deux loyers", "point_id": lieu.pk, "agent_id": 9}
    for _ in range(2):
        actes.rectifier(accueil_id=accueil.pk, changements=voulus, par=systeme, le=f.LE)
    lu = Accueil.objects.get(pk=accueil.pk)
    assert (lu.canal, lu.paroles, lu.point_id, lu.agent_id) == (
        "visite",
        "Deux loyers",
        lieu.pk,
        None,
    )
    (ligne,) = LigneJournal.objects.filter(code="accueil_social.rectifier")
    assert ligne.charge == {"champs": ["canal", "point_id", "paroles"]}
    with pytest.raises(Refus):
        actes.rectifier(accueil_id=accueil.pk, changements={"canal": "Rivet"}, par=systeme, le=f.LE)


def test_rectifier_un_anonyme_n_ecrit_ni_mots_ni_heure(systeme):
    accueil = actes.accueillir(saisie=f.saisie(), par=systeme, le=f.LE)
    voulus = {"paroles": "Rivet", "suite": "Rivet", "heure": time(9), "suite_le": date(2020, 9, 9)}
    rendu = actes.rectifier(accueil_id=accueil.pk, changements=voulus, par=systeme, le=f.LE)
    assert (rendu.paroles, rendu.suite, rendu.heure, rendu.suite_le) == ("", "", None, None)
    assert LigneJournal.objects.filter(code="accueil_social.rectifier").count() == 0


def test_on_ne_complete_pas_l_accueil_d_un_autre_secteur(systeme):
    ici = f.commune()
    accueil = actes.accueillir(saisie=f.nouvelle(commune_id=f.brioude().pk), par=systeme, le=f.LE)
    agent = f.acces(communes=(ici,))
    f.au(f.LE, agent)
    for acte, plus in (
        (actes.completer, {"besoins": ("sante",)}),
        (actes.rectifier, {"changements": {"canal": "bus"}}),
    ):
        with pytest.raises(Refus) as refus:
            acte(accueil_id=accueil.pk, par=agent, le=f.LE, **plus)
        assert refus.value.code == "accueil_social.introuvable"


def test_ce_qui_est_garde_se_recalcule_du_journal(systeme):
    accueil = actes.accueillir(
        saisie=f.nouvelle(besoins=("logement", "sante")), par=systeme, le=f.LE
    )
    actes.completer(accueil_id=accueil.pk, besoins=("sante", "emploi"), par=systeme, le=f.LE)
    actes.accueillir(saisie=f.saisie(besoins=("droits",)), par=systeme, le=f.LE)

    def ecarts():
        siens = (e for e in projections.comparer() if e.nom.startswith("accueil_social."))
        return {e.nom: (e.manquantes, e.en_trop) for e in siens}

    assert ecarts() == {"accueil_social.accueils": (0, 0), "accueil_social.besoins": (0, 0)}
    Besoin.objects.filter(code="emploi").update(code="sejour")
    Accueil.objects.filter(pk=accueil.pk).update(le=f.LE - timedelta(days=1))
    assert ecarts() == {"accueil_social.accueils": (1, 1), "accueil_social.besoins": (1, 1)}
