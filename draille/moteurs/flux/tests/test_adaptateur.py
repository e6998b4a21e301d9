"""L'intégration d'un fichier : tout ou rien, une seule fois, et aucun dossier perdu."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from draille.moteurs.flux import adaptateur, adaptateur_rejets
from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.moteurs.flux.tests import fabrique as f
from draille.noyau.models import Commune, LigneJournal, Personne
from draille.socle import contexte
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

LE = date(2020, 11, 6)
INSTANT = datetime(2020, 11, 6, 9, tzinfo=UTC)


@pytest.fixture
def par(systeme: Acces, settings: Any, tmp_path: Path) -> Acces:
    settings.MEDIA_ROOT = tmp_path / "depots"
    Commune.objects.create(code_insee="43157", nom="Le Puy-en-Velay")
    return systeme


def un(numero: int, **champs: Any) -> str:
    """Un dossier dont la personne porte le numéro."""
    identite = {"NIR": f"2840343157{numero:03d}", "NOMNAI": f"NOM{numero}"}
    return f.dossier(
        numero, personnes=f.personne(**identite | champs.pop("personne", {})), **champs
    )


def prendre(par: Acces, octets: bytes, nom: str = "flux.xml") -> FichierRecu:
    recu = adaptateur.recevoir(source=io.BytesIO(octets), nom=nom, par=par, le=LE)
    return adaptateur.integrer(fichier=recu, par=par, le=LE)


def etat() -> dict[str, int]:
    """Combien de rangées dans chaque table d'état."""
    tables = [
        t
        for t in connection.introspection.table_names()
        if t.startswith(("noyau_personne", "noyau_foyer", "noyau_membre", "suivi_rsa_", "flux_rej"))
    ]
    with connection.cursor() as curseur:
        comptes = {}
        for table in tables:
            curseur.execute(f"SELECT count(*) FROM {table}")
            comptes[table] = curseur.fetchone()[0]
    return comptes


def _zip(**membres: bytes) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in membres.items():
            archive.writestr(f"{nom}.xml", contenu)
    return tampon.getvalue()


BON = f.fichier([un(1), un(2)])
REFUSES = {
    "fichier_vide": b"",
    "totaux_faux": f.fichier([un(1), un(2)], annonces=3),
    "fichier_tronque": BON[:-60],
    "racine_inconnue": BON.replace(b"Racine", b"Autre"),
    "dtd_interdite": BON.replace(b"<Racine>", b'<!DOCTYPE a [<!ENTITY b "c">]><Racine>'),
    "xml_mal_forme": BON.replace(b"</SEXE>", b"</SEX>", 1),
    "totaux_absents": BON[: BON.index(b"<TransmissionFlux>")] + b"</Racine>",
    "bombe_zip": _zip(a=b"<Racine>" + b" " * 3_000_000),
    "zip_plusieurs": _zip(a=BON, b=BON),
    "pas_mensuel": BON.replace(b"<TYPEFLUX>M<", b"<TYPEFLUX>Q<"),
    "sans_dossier": f.fichier([]),
    "entete_illisible": BON.replace(b"<DTREF>2020-10-31</DTREF>", b""),
}


@pytest.mark.parametrize("code", REFUSES)
def test_un_fichier_refuse_n_ecrit_rien_que_son_refus(par: Acces, code: str) -> None:
    avant = etat()
    recu = prendre(par, REFUSES[code])
    assert (recu.statut, recu.code_refus) == ("refuse", code)
    assert "flux.xml" in recu.motif
    assert etat() == avant
    assert LigneJournal.objects.filter(code="flux.refuser", objet_id=recu.pk).count() == 1


def test_le_meme_contenu_ne_se_prend_qu_une_fois(par: Acces) -> None:
    premier = prendre(par, BON)
    apres, lignes = etat(), LigneJournal.objects.count()
    second = prendre(par, BON, nom="encore.xml")
    assert second.pk == premier.pk
    assert (second.integre_le, second.integres) == (LE, 2)
    assert (etat(), LigneJournal.objects.count()) == (apres, lignes)
    assert not Path(second.chemin).exists() or connection.in_atomic_block


def test_un_fichier_plus_ancien_est_refuse_avec_sa_raison(par: Acces) -> None:
    prendre(par, BON)
    avant = etat()
    recu = prendre(par, f.fichier([un(1)], reference="2020-09-30"))
    assert (recu.statut, recu.code_refus) == ("refuse", "fichier_depasse")
    assert "septembre 2020" in recu.motif
    assert "octobre 2020" in recu.motif
    assert etat() == avant


def test_une_archive_se_prend_comme_son_fichier(par: Acces) -> None:
    recu = prendre(par, _zip(flux=BON), nom="flux.zip")
    assert (recu.statut, recu.integres) == ("integre", 2)


def test_un_mauvais_dossier_n_arrete_pas_les_autres_et_se_garde_chiffre(par: Acces) -> None:
    recu = prendre(par, f.fichier([un(1), un(2, personne={"NIR": "DUPONTMARIE12"}), un(3)]))
    assert (recu.statut, recu.lus, recu.integres, recu.rejetes) == ("integre", 3, 2, 1)
    rejet = Rejet.objects.get()
    for colonne in (rejet.valeur_chiffree, rejet.motif_chiffre, rejet.contenu_chiffre):
        assert b"DUPONT" not in bytes(colonne)
    clair = adaptateur_rejets.lire_rejet(rejet=rejet, par=par)
    assert clair.valeur == "DUPONTMARIE12"
    assert f"Ligne {rejet.ligne}, champ NIR" in clair.motif


def test_un_rejet_corrige_rejoint_son_mois(par: Acces) -> None:
    recu = prendre(par, f.fichier([un(1), un(2, personne={"NIR": "DUPONTMARIE12"})]))
    rejet = Rejet.objects.get()
    encore = adaptateur_rejets.corriger_champ(rejet=rejet, valeur="ABC", par=par)
    rejet = adaptateur_rejets.rejouer(rejet=rejet, contenu_corrige=encore, par=par, le=LE)
    assert (rejet.statut, rejet.corrections) == ("a_corriger", 1)
    bon = adaptateur_rejets.corriger_champ(rejet=rejet, valeur="2840343157002", par=par)
    rejet = adaptateur_rejets.rejouer(rejet=rejet, contenu_corrige=bon, par=par, le=LE)
    assert (rejet.statut, rejet.corrections) == ("rejoue", 2)
    recu.refresh_from_db()
    assert (recu.lus, recu.integres, recu.rejetes) == (2, 2, 0)
    assert Personne.objects.filter(nom_naissance="NOM2").exists()
    reprises = LigneJournal.objects.filter(code="suivi_rsa.reprendre")
    assert [r.charge["mois"] for r in reprises] == ["2020-10-01"] * 2
    with pytest.raises(Refus, match="déjà traité"):
        adaptateur_rejets.rejouer(rejet=rejet, contenu_corrige=bon, par=par, le=LE)


def test_un_dossier_connu_puis_illisible_n_est_pas_absent(par: Acces) -> None:
    prendre(par, f.fichier([un(n) for n in range(1, 7)]))
    suite = [un(n) for n in range(2, 7)] + [un(1, personne={"DTNAI": "1984-02-31"})]
    recu = prendre(par, f.fichier(suite, reference="2020-11-30"))
    assert (recu.inchanges, recu.rejetes, recu.absents, recu.sorties) == (5, 1, 0, 0)


def test_un_rejet_depasse_ne_se_rejoue_plus_mais_s_ecarte(par: Acces) -> None:
    prendre(par, f.fichier([un(1), un(2, personne={"NIR": "DUPONTMARIE12"})]))
    prendre(par, f.fichier([un(1), un(2)], reference="2020-11-30"))
    rejet = Rejet.objects.get()
    bon = adaptateur_rejets.corriger_champ(rejet=rejet, valeur="2840343157002", par=par)
    with pytest.raises(Refus, match="dépassé"):
        adaptateur_rejets.rejouer(rejet=rejet, contenu_corrige=bon, par=par, le=LE)
    assert adaptateur_rejets.ecarter(rejet=rejet, par=par, le=LE).statut == "ecarte"


def test_l_export_des_rejets_ne_porte_aucune_formule(par: Acces) -> None:
    recu = prendre(par, f.fichier([un(1), un(2, personne={"NIR": "=CMD()"})]))
    lignes = list(adaptateur_rejets.exporter_rejets(fichier=recu, par=par))
    assert lignes[0] == adaptateur_rejets.ENTETES_EXPORT
    assert lignes[1][3] == "'=CMD()"
    assert not any(cellule.startswith("=") for cellule in lignes[1])


def test_il_faut_la_cle_generale_de_l_insertion(par: Acces) -> None:
    local = Acces(7, 1, "secteur", {Role.CADRE: frozenset({200_001})})
    with pytest.raises(Refus, match="habilité"):
        adaptateur.recevoir(source=io.BytesIO(BON), nom="flux.xml", par=local, le=LE)
    recu = adaptateur.recevoir(source=io.BytesIO(BON), nom="flux.xml", par=par, le=LE)
    with pytest.raises(Refus, match="habilité"):
        adaptateur.integrer(fichier=recu, par=local, le=LE)


def test_les_rejets_ne_se_lisent_pas_sans_la_cle_generale(par: Acces) -> None:
    prendre(par, f.fichier([un(1), un(2, personne={"NIR": "DUPONTMARIE12"})]))
    local = Acces(7, 1, "secteur", {Role.CADRE: frozenset({200_001})})
    assert not Rejet.objects.visibles(local).exists()
    contexte.poser(acces=local, instant=INSTANT)
    assert not Rejet.objects.exists()


def test_un_agent_voit_ce_qu_il_voyait_apres_son_import(par: Acces) -> None:
    agent = Acces(7, 1, "cadre", {Role.CADRE: frozenset({200_000})})
    contexte.poser(acces=agent, instant=INSTANT)
    recu = prendre(agent, BON)
    assert recu.statut == "integre"
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_setting('draille.cles')")
        assert curseur.fetchone()[0] == "{200000,700007}"
    ligne = LigneJournal.objects.filter(code="suivi_rsa.reprendre").first()
    assert ligne is not None
    assert ligne.agent_id == 7


def test_une_personne_d_un_autre_compartiment_est_retrouvee(par: Acces) -> None:
    from draille.noyau.personne.actes import Identite, inscrire
    from draille.socle.acces import Compartiment

    deja = inscrire(
        identite=Identite(nom_naissance="NOM1", prenom="MARIE", nir="2840343157001"),
        compartiment=Compartiment.SOCIAL,
        commune_id=None,
        par=par,
        le=LE,
    )
    agent = Acces(7, 1, "cadre", {Role.CADRE: frozenset({200_000})})
    contexte.poser(acces=agent, instant=INSTANT)
    assert prendre(agent, BON).statut == "integre"
    deja.refresh_from_db()
    assert sorted(deja.compartiments) == [1, 2]


def test_l_exemple_public_s_integre(par: Acces, donnees: Path) -> None:
    exemple = donnees / "flux_caf" / "RSABEM-ouvert.xml"
    if not exemple.exists():
        pytest.skip("exemple public absent")
    recu = adaptateur.recevoir(source=exemple, nom=exemple.name, par=par, le=LE)
    recu = adaptateur.integrer(fichier=recu, par=par, le=LE)
    assert (recu.statut, recu.lus, recu.integres, recu.rejetes) == ("integre", 1, 1, 0)
    assert (recu.mois, recu.cree_le) == (date(2022, 2, 1), date(2022, 3, 5))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    coups=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["NIR", "DTNAI", "ETATDOSRSA", "NUMDEMRSA", "ROLEPERS", "MATRICULE"]),
            st.text(
                st.characters(codec="cp1252", min_codepoint=32, exclude_characters="<&>"),
                max_size=18,
            ),
        ),
        max_size=5,
    )
)
def test_lus_egale_pris_plus_rejetes(par: Acces, coups: list[tuple[int, str, str]]) -> None:
    dossiers = [un(n) for n in range(1, 5)]
    for numero, champ, valeur in coups:
        debut = dossiers[numero].index(f"<{champ}>") + len(champ) + 2
        fin = dossiers[numero].index("<", debut)
        dossiers[numero] = dossiers[numero][:debut] + valeur + dossiers[numero][fin:]
    point = connection.savepoint()  # type: ignore[attr-defined]
    try:
        octets = f.fichier(dossiers, annonces=4)
        recu = prendre(par, octets)
        assert recu.statut == "integre"
        assert recu.lus == 4
        assert recu.lus == recu.integres + recu.inchanges + recu.rejetes
        assert Rejet.objects.filter(fichier=recu).count() == recu.rejetes
        with connection.cursor() as curseur:
            curseur.execute("SELECT count(*) FROM suivi_rsa_dossierrsa")
            assert curseur.fetchone()[0] == recu.integres
    finally:
        connection.savepoint_rollback(point)  # type: ignore[attr-defined]
