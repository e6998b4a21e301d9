"""Les fichiers : chaque source, les lignes fausses, les doublons, la revue, l'export."""

import io
import json
from datetime import date, time

import pytest
from data_inclusion.schema import v1
from openpyxl import Workbook

from draille.moteurs.annuaire import adaptateur as actes
from draille.moteurs.annuaire import adaptateur_revue as revue
from draille.moteurs.annuaire.adaptateur_export import exporter_data_inclusion
from draille.moteurs.annuaire.adaptateur_fichiers import FichierAnnuaire
from draille.moteurs.annuaire.adaptateur_import import importer
from draille.moteurs.annuaire.calcul.ouverture import Plage
from draille.moteurs.annuaire.models import (
    ImportAnnuaire,
    LigneImport,
    Point,
    Provenance,
    Service,
    Source,
)
from draille.noyau.journal.models import LigneJournal
from draille.noyau.territoire.models import Commune
from draille.socle.refus import Refus

LE = date(2020, 10, 13)
PLUS_TARD = date(2020, 11, 16)
EN_TETE_FS = (
    "id_fs,lib_fs,adresse,insee_com,code_postal,lib_com,latitude,longitude,mail,telephone,"
    "h_lundi,format_fs,prise_rdv\n"
)


def _fs(*lignes):
    return (EN_TETE_FS + "\n".join(lignes) + "\n").encode()


PUY = (
    "7,France services du Puy,2 rue Neuve,43157,43000,Le Puy-en-Velay,45.05,3.9,"
    "puy@example.fr,04 71 00 00 01,09:00 - 12:00,Fixe,Oui"
)


@pytest.fixture
def commune(db):
    return Commune.objects.create(
        code_insee="43157",
        nom="Le Puy-en-Velay",
        codes_postaux="43000",
        latitude=45.0434,
        longitude=3.8859,
    )


def _importer(systeme, contenu, *, source=Source.FRANCE_SERVICES, le=LE, **plus):
    nom = plus.pop("nom", "lieux.csv")
    fichier = FichierAnnuaire(contenu=contenu, nom=nom, source=source, **plus)
    return importer(fichier=fichier, par=systeme, le=le)


def _comptes(reception):
    comptes = (
        reception.importees,
        reception.rejointes,
        reception.a_revoir,
        reception.rejetees,
    )
    assert reception.recues == sum(comptes) == reception.lignes.count()
    return comptes


def _di(structures=(), services=()):
    return json.dumps({"structures": structures, "services": services}).encode()


def _structure(**champs):
    return {
        "source": "dora",
        "id": "dora--1",
        "nom": "Centre social Guitard",
        "date_maj": "2020-09-01",
        "code_insee": "43157",
        "code_postal": "43000",
        "commune": "Le Puy-en-Velay",
        "adresse": "7 rue de la Passerelle",
        "latitude": 45.04,
        "longitude": 3.88,
        "horaires_accueil": "Mo-Fr 09:00-12:00; PH off",
        "reseaux_porteurs": ["fcsf"],
        **champs,
    }


def _service(**champs):
    return {
        "source": "dora",
        "id": "dora--s1",
        "structure_id": "dora--1",
        "nom": "Aide au logement",
        "description": "Chercher un logement.",
        "date_maj": "2020-09-01",
        "type": "accompagnement",
        "thematiques": ["logement-hebergement--louer-un-logement"],
        "frais": "gratuit",
        **champs,
    }


def test_les_lignes_fausses_se_disent_une_a_une(systeme, commune):
    recu = _importer(
        systeme,
        _fs(
            PUY,
            PUY.replace("7,", "8,", 1).replace("45.05", "145.05"),
            PUY.replace("7,", "9,", 1).replace("France services du Puy", ""),
            PUY.replace("7,", ",", 1),
            PUY.replace("7,", "10,", 1).replace("43157", "4315A"),
            PUY.replace("7,", "11,", 1).replace("3.9", ""),
            PUY,
        ),
    )
    assert _comptes(recu) == (1, 0, 0, 6)
    motifs = list(recu.lignes.filter(sort="rejetee").order_by("rang").values_list("motif", flat=1))
    assert motifs[:5] == [
        "lieux.csv, ligne 3, champ latitude « 145.05 » : un nombre de degrés entre -90 et 90.",
        "lieux.csv, ligne 4, champ lib_fs « » : il faut un nom de lieu.",
        "lieux.csv, ligne 5, champ id_fs « » : il faut un identifiant.",
        "lieux.csv, ligne 6, champ insee_com « 4315A » : un code de commune a cinq signes, "
        "comme 43157.",
        "lieux.csv, ligne 7, champ longitude « » : il manque, alors que l'autre vaut 45.05.",
    ]
    assert motifs[5] == "lieux.csv, ligne 8, champ identifiant « 7 » : déjà lu à la ligne 2."
    ligne = LigneJournal.objects.get(code="annuaire.importer")
    assert (ligne.objet_id, ligne.personne_id, ligne.compartiment) == (recu.pk, None, None)
    assert ligne.charge["recues"] == 7


@pytest.mark.parametrize(
    ("contenu", "source", "code"),
    [
        (b"", Source.FRANCE_SERVICES, "annuaire.fichier_illisible"),
        (b"a,b\n1,2\n", Source.FRANCE_SERVICES, "annuaire.colonnes_absentes"),
        (b"a,b\n1,2\n", Source.TABLEUR, "annuaire.colonnes_absentes"),
        (b"{", Source.DATA_INCLUSION, "annuaire.fichier_illisible"),
        (b'{"structures": 3}', Source.DATA_INCLUSION, "annuaire.fichier_illisible"),
        (b"PK\x03\x04 abime", Source.TABLEUR, "annuaire.fichier_illisible"),
        (b"\x00\x01\x02", Source.FRANCE_SERVICES, "annuaire.fichier_illisible"),
        (b"a,b\n1,2\n", Source.SAISIE, "annuaire.source_inconnue"),
    ],
)
def test_un_fichier_que_l_on_ne_peut_pas_lire(systeme, commune, contenu, source, code):
    with pytest.raises(Refus) as refus:
        _importer(systeme, contenu, source=source)
    assert refus.value.code == code
    assert not ImportAnnuaire.objects.exists()
    assert not Point.objects.exists()


def test_un_fichier_de_windows_au_point_virgule(systeme, commune):
    contenu = _fs(PUY.replace("rue Neuve", "rue de l'Évêché")).decode().replace(",", ";")
    recu = _importer(systeme, contenu.encode("cp1252"))
    assert _comptes(recu) == (1, 0, 0, 0)
    point = Point.objects.get()
    assert point.adresse == "2 rue de l'Évêché"
    assert point.commune == commune
    assert point.sur_rendez_vous
    assert (point.debut, point.confirme_le) == (LE, None)


def test_le_premier_accueil_suit_le_genre_ou_ce_que_l_on_en_dit(systeme, commune):
    _importer(systeme, _fs(PUY))
    _importer(
        systeme,
        _fs(PUY.replace("7,", "8,", 1).replace("2 rue Neuve", "99 allée").replace("45.05", "45.2")),
        premier_accueil=False,
    )
    assert list(Point.objects.order_by("pk").values_list("est_premier_accueil", flat=True)) == [
        True,
        False,
    ]


def test_une_source_met_a_jour_sa_fiche_tant_que_personne_ne_l_a_relue(systeme, commune):
    _importer(systeme, _fs(PUY))
    neuf = PUY.replace("04 71 00 00 01", "04 71 00 00 02").replace("09:00 - 12:00", "14:00 - 17:00")
    recu = _importer(systeme, _fs(neuf), le=PLUS_TARD)
    assert _comptes(recu) == (0, 1, 0, 0)
    point = Point.objects.get()
    assert point.telephone == "04 71 00 00 02"
    en_cours = point.horaires.get(fin__isnull=True)
    assert (en_cours.heure_debut, en_cours.debut) == (time(14), PLUS_TARD)
    assert point.horaires.get(fin=PLUS_TARD).heure_debut == time(9)

    actes.confirmer(point_id=point.pk, moyen="Téléphone", par=systeme, le=PLUS_TARD)
    ancien = neuf.replace("04 71 00 00 02", "04 71 00 00 03").replace("14:00 - 17:00", "")
    recu = _importer(systeme, _fs(ancien.replace("Oui", "Non")), le=PLUS_TARD)
    assert _comptes(recu) == (0, 1, 0, 0)
    point.refresh_from_db()
    assert point.telephone == "04 71 00 00 02"
    assert recu.lignes.get().motif == "même identifiant ; rien à compléter"


def test_le_meme_lieu_d_une_autre_source_se_rejoint_et_se_complete(systeme, commune):
    _importer(systeme, _fs(PUY.replace("puy@example.fr", "")))
    contenu = _di(
        [
            _structure(
                nom="France services Le Puy",
                adresse="2, rue Neuve",
                latitude=45.0501,
                longitude=3.9001,
                telephone="+33471000001",
                courriel="puy@example.fr",
                site_web="https://example.fr",
            )
        ],
        [_service()],
    )
    recu = _importer(systeme, contenu, source=Source.DATA_INCLUSION, nom="di.json")
    assert _comptes(recu) == (0, 1, 0, 0)
    point = Point.objects.get()
    assert (point.courriel, point.site_web) == ("puy@example.fr", "https://example.fr")
    assert "logement" in point.besoins
    assert Service.objects.get().point == point
    motif = recu.lignes.get().motif
    assert "même adresse" in motif
    assert "complété" in motif
    # Ses heures étaient connues : un autre fichier n'y touche pas.
    assert point.horaires.count() == 1
    # La fois suivante, l'identifiant suffit.
    assert Provenance.objects.get().point == point
    deux = _importer(
        systeme, contenu + b"\n", source=Source.DATA_INCLUSION, nom="di.json", le=PLUS_TARD
    )
    assert deux.lignes.get().motif.startswith("même identifiant")
    assert Service.objects.count() == 1


def _douteux(systeme):
    _importer(systeme, _fs(PUY))
    mairie = _structure(
        nom="Mairie annexe", adresse="2 rue Neuve", latitude=45.05, longitude=3.9,
        telephone="0471000001",
    )  # fmt: skip
    recu = _importer(systeme, _di([mairie]), source=Source.DATA_INCLUSION, nom="di.json")
    assert _comptes(recu) == (0, 0, 1, 0)
    return mairie, recu.lignes.get()


def test_une_ligne_a_revoir_porte_ses_candidats_et_leurs_raisons(systeme, commune):
    _, ligne = _douteux(systeme)
    (vue,) = revue.avec_candidats(
        lignes=list(revue.lignes(import_id=ligne.reception_id, sort="a_revoir")), le=LE
    )
    assert vue.fiche.nom == "Mairie annexe"
    ((point, pourquoi),) = vue.candidats
    assert point == Point.objects.get()
    dites = {r["libelle"]: r["points"] for r in pourquoi["raisons"]}
    assert dites["même adresse"] == 25
    assert pourquoi["points"] == max(0, min(100, sum(dites.values())))


@pytest.mark.parametrize(
    ("decision", "points", "suivant"),
    [("meme", 1, (0, 1, 0, 0)), ("autre", 2, (0, 1, 0, 0)), ("ecartee", 1, (0, 0, 0, 1))],
)
def test_une_decision_vaut_pour_les_fichiers_suivants(systeme, commune, decision, points, suivant):
    mairie, ligne = _douteux(systeme)
    connu = Point.objects.get()
    revue.decider_ligne(
        ligne_id=ligne.pk,
        decision=decision,
        point_id=connu.pk if decision == "meme" else None,
        par=systeme,
        le=LE,
    )
    assert Point.objects.count() == points
    journal = LigneJournal.objects.get(code="annuaire.decider_ligne")
    assert journal.charge["decision"] == decision
    mairie["presentation"] = "Édition suivante"
    deux = _importer(
        systeme, _di([mairie]), source=Source.DATA_INCLUSION, nom="di2.json", le=PLUS_TARD
    )
    assert _comptes(deux) == suivant
    with pytest.raises(Refus) as refus:
        revue.decider_ligne(ligne_id=ligne.pk, decision="autre", par=systeme, le=LE)
    assert refus.value.code == "annuaire.deja_decidee"


def test_decider_mal_est_refuse(systeme, commune):
    _, ligne = _douteux(systeme)
    for decision, code in (("meme", "point_a_choisir"), ("peut-etre", "decision_inconnue")):
        with pytest.raises(Refus) as refus:
            revue.decider_ligne(ligne_id=ligne.pk, decision=decision, par=systeme, le=LE)
        assert refus.value.code == f"annuaire.{code}"
    importee = LigneImport.objects.get(sort="importee")
    with pytest.raises(Refus) as refus:
        revue.decider_ligne(ligne_id=importee.pk, decision="autre", par=systeme, le=LE)
    assert refus.value.code == "annuaire.ligne_inconnue"


def test_data_inclusion_en_csv_puis_ses_services(systeme, commune):
    structures = (
        "id,source,nom,date_maj,code_insee,latitude,longitude,thematiques,typologie\n"
        'dora--1,dora,Centre social,2020-09-01,43157,45.04,3.88,"[""numerique--acceder""]",CS\n'
    )
    services = (
        "id,source,structure_id,nom,date_maj,thematiques,types,frais\n"
        'dora--s1,dora,dora--1,Épicerie,2020-09-01,"[""equipement-et-alimentation--alimentation""]'
        '","[""aide-materielle""]","[""gratuit""]"\n'
        "dora--s2,dora,dora--404,Orphelin,2020-09-01,,,\n"
    )
    un = _importer(systeme, structures.encode(), source=Source.DATA_INCLUSION, nom="s.csv")
    assert _comptes(un) == (1, 0, 0, 0)
    deux = _importer(systeme, services.encode(), source=Source.DATA_INCLUSION, nom="v.csv")
    assert _comptes(deux) == (0, 1, 0, 1)
    point = Point.objects.get()
    # Une thématique d'un schéma plus ancien vaut par sa catégorie.
    assert (point.genre, point.besoins) == ("centre_social", ["numerique"])
    service = Service.objects.get()
    assert (service.type_service, service.frais) == ("aide-materielle", "gratuit")
    rejet = deux.lignes.get(sort="rejetee")
    assert "champ structure_id « dora--404 »" in rejet.motif


def test_un_classeur_aux_colonnes_associees(systeme, commune):
    classeur = Workbook()
    feuille = classeur.active
    feuille.append(["Qui reçoit", "CP", "Ville", "Genre", "Lundi", "PA", "Besoins"])
    feuille.append(["CCAS du Puy", 43000, "Le Puy-en-Velay", "CCAS ou CIAS", "9h-12h", "non", ""])
    feuille.append(["Bagagerie", 43000, "Le Puy-en-Velay", "", "", "", "Logement, magie"])
    feuille.append(["Ailleurs", 43000, "Le Puy-en-Velay", "guinguette", "", "", ""])
    octets = io.BytesIO()
    classeur.save(octets)
    recu = _importer(
        systeme,
        octets.getvalue(),
        source=Source.TABLEUR,
        nom="lieux.xlsx",
        correspondance={
            "nom": "Qui reçoit",
            "code_postal": "CP",
            "commune": "Ville",
            "genre": "Genre",
            "lundi": "Lundi",
            "premier_accueil": "PA",
            "besoins": "Besoins",
        },
    )
    assert _comptes(recu) == (2, 0, 0, 1)
    ccas, bagagerie = Point.objects.order_by("pk")
    assert (ccas.genre, ccas.est_premier_accueil, ccas.commune) == ("ccas", False, commune)
    assert ccas.horaires.get().heure_debut == time(9)
    assert bagagerie.besoins == ["logement"]
    assert recu.lignes.get(point=bagagerie).motif == "besoin « magie » laissé de côté"
    assert "lieux.xlsx, ligne 4, champ Genre « guinguette »" in recu.lignes.get(point=None).motif


def test_l_export_passe_le_schema_de_data_inclusion(systeme, commune):
    fiche = actes.FichePoint(
        nom="Maison du Département.",
        structure="Département de la Haute-Loire",
        siret="22430001000015",
        est_departement=True,
        genre=Point.Genre.MAISON_DEPARTEMENT,
        adresse="1 place Monseigneur de Galard",
        code_postal="43000",
        code_insee="43157",
        nom_commune="Le Puy-en-Velay",
        latitude=45.04,
        longitude=3.88,
        telephone="04 71 00 00 00",
        courriel="maison@example.fr",
        site_web="https://example.fr",
        accessibilite="Plain-pied",
        besoins=("logement", "violences", "sejour"),
        est_premier_accueil=True,
    )
    point = actes.inscrire_point(fiche=fiche, par=systeme, le=LE)
    permanence = Plage(jour=3, le=None, rangs=(1, 3), heure_debut=time(14), heure_fin=time(17))
    lundi = Plage(jour=1, le=None, heure_debut=time(9), heure_fin=time(12))
    actes.fixer_horaires(point_id=point.pk, plages=[lundi, permanence], par=systeme, le=LE)
    _importer(systeme, _di([_structure()], [_service()]), source=Source.DATA_INCLUSION)
    _importer(systeme, _fs(PUY))
    dit = exporter_data_inclusion(le=LE)
    structures = [v1.Structure.model_validate(s) for s in dit["structures"]]
    services = [v1.Service.model_validate(s) for s in dit["services"]]
    assert len(structures) == 3
    assert {s.structure_id for s in services} == {s.id for s in structures}
    maison = structures[0]
    assert maison.id == f"draille-43--{point.pk}"
    assert maison.horaires_accueil == "Mo 09:00-12:00, We[1,3] 14:00-17:00; PH off"
    assert maison.accessibilite_lieu is None
    accueil = next(s for s in services if s.structure_id == maison.id)
    assert accueil.thematiques
    # Chaque champ du schéma est connu de lui : rien ne s'y glisse d'autre.
    for lus, modele in ((dit["structures"], v1.Structure), (dit["services"], v1.Service)):
        assert {c for lu in lus for c in lu} <= set(modele.model_fields)


def test_son_propre_export_ne_double_rien(systeme, commune):
    _importer(systeme, _fs(PUY))
    dit = json.dumps(exporter_data_inclusion(le=LE)).encode()
    recu = _importer(systeme, dit, source=Source.DATA_INCLUSION, nom="export.json")
    assert _comptes(recu) == (0, 1, 0, 0)
    assert Point.objects.count() == 1


def test_un_import_est_a_requetes_constantes(systeme, commune, django_assert_max_num_queries):
    lignes = [
        PUY.replace("7,", f"{i},", 1)
        .replace("France services du Puy", f"Lieu {i} {chr(97 + i % 26) * 9}")
        .replace("45.05", f"4{i % 9}.{i:03}")
        .replace("04 71 00 00 01", "")
        .replace("puy@example.fr", "")
        .replace("43157", "")
        .replace("2 rue Neuve", f"{i} rue {chr(97 + i % 26) * 7}")
        for i in range(1, 61)
    ]
    with django_assert_max_num_queries(25):
        recu = _importer(systeme, _fs(*lignes))
    assert recu.importees == 60


def test_les_thematiques_des_besoins_sont_celles_du_schema():
    from draille.moteurs.annuaire.registre import thematiques_connues

    assert thematiques_connues() == {t.value for t in v1.Thematique}
