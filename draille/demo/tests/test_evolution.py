import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from draille.demo.evolution import MoisJoue, beneficiaires, ecrire_mois, jouer_mois
from draille.demo.fictif import Etat, FoyerFictif
from draille.demo.mouvements import Categorie, cle_personne
from draille.demo.plan import PlanDeJeu, plan_de_jeu
from draille.moteurs.flux.calcul.caf import lire
from draille.moteurs.flux.calcul.contacts import lire_contacts
from draille.moteurs.flux.calcul.enregistrements import Contact, Dossier, Rejet


def test_2800_beneficiaires_fin_2019_et_3100_fin_octobre_2020(mois_joues: list[MoisJoue]) -> None:
    assert mois_joues[0].mois.reference_le == date(2019, 12, 31)
    assert beneficiaires(mois_joues[0].foyers) == 2800
    assert mois_joues[-1].mois.reference_le == date(2020, 10, 31)
    assert beneficiaires(mois_joues[-1].foyers) == 3100


def test_l_effectif_de_chaque_mois_est_celui_du_plan_et_la_hausse_accelere_en_avril(
    mois_joues: list[MoisJoue],
) -> None:
    effectifs = [beneficiaires(m.foyers) for m in mois_joues]
    assert effectifs == [m.mois.beneficiaires for m in mois_joues]
    hausses = [b - a for a, b in zip(effectifs, effectifs[1:], strict=False)]
    assert min(hausses[3:6]) > 2 * max(hausses[:3])


def test_les_chiffres_du_plan_ont_leur_phrase_dans_la_source(plan: PlanDeJeu) -> None:
    assert not plan.est_fictif
    assert "2800" in plan.sources["depart"]["phrase"]
    assert "3100" in plan.sources["arrivee"]["phrase"]


def test_les_phrases_citees_sont_dans_l_article(plan: PlanDeJeu, dossier_flux: Path) -> None:
    article = dossier_flux.parents[1] / "sources" / "43_convention_pauvrete.txt"
    if not article.exists():
        pytest.skip("L'article de la Haute-Loire n'est pas là.")
    texte = article.read_text(encoding="utf-8")
    assert all(source["phrase"] in texte for source in plan.sources.values())


def _soumis(foyers: tuple[FoyerFictif, ...], *etats: Etat) -> set[tuple[str, str]]:
    return {
        (foyer.numero_demande, cle_personne(p))
        for foyer in foyers
        if foyer.etat in etats and foyer.defaut is None
        for p in foyer.personnes
        if p.est_soumise
    }


def test_les_cinq_categories_font_les_nouveaux_entrants(mois_joues: list[MoisJoue]) -> None:
    """L'oracle ne connaît que les fichiers de deux mois, non les événements du jeu."""
    ouverts = (Etat.VERSABLE, Etat.DROIT_SUSPENDU, Etat.VERSEMENT_SUSPENDU)
    for avant, mois_joue in zip(mois_joues, mois_joues[1:], strict=False):
        anciens = _soumis(avant.foyers, *ouverts)
        longs = {
            f.numero_demande
            for f in avant.foyers
            if f.suspension_droit and (mois_joue.mois.debut - f.suspension_droit.le).days > 366
        }
        attendus = {
            cle
            for numero, cle in _soumis(mois_joue.foyers, Etat.VERSABLE)
            if (numero, cle) not in anciens or numero in longs
        }
        entrants = mois_joue.mouvements.entrants
        trouves = [cle for categorie in Categorie for cle in entrants[categorie]]
        assert sorted(trouves) == sorted(attendus)
        assert mois_joue.mouvements.nombre_entrants == len(attendus)
        assert all(entrants[categorie] for categorie in Categorie)


def test_un_primo_arrivant_n_etait_jamais_paru_et_un_retour_oui(
    mois_joues: list[MoisJoue],
) -> None:
    parus: set[str] = set()
    for mois_joue in mois_joues:
        entrants = mois_joue.mouvements.entrants
        assert parus.isdisjoint(entrants.get(Categorie.PRIMO_ARRIVANT, []))
        assert parus.isdisjoint(entrants.get(Categorie.MUTATION, []))
        assert parus.issuperset(entrants.get(Categorie.RETOUR, []))
        assert parus.issuperset(entrants.get(Categorie.DEVIENT_SOUMIS, []))
        parus |= {cle_personne(p) for f in mois_joue.foyers for p in f.personnes}


def test_les_dates_disent_la_categorie(mois_joues: list[MoisJoue]) -> None:
    """Seul qui rejoint est rattaché après la demande ; seul qui mute a une date d'arrivée."""
    for mois_joue in mois_joues[1:]:
        entrants = mois_joue.mouvements.entrants
        for foyer in mois_joue.foyers:
            for p in foyer.adultes:
                cle = cle_personne(p)
                if cle in entrants[Categorie.REJOINT_UN_FOYER]:
                    assert p.rattachee_le >= max(foyer.demande_le, mois_joue.mois.debut)
                elif any(cle in cles for cles in entrants.values()):
                    if cle not in entrants[Categorie.DEVIENT_SOUMIS]:
                        assert p.rattachee_le < max(foyer.demande_le, mois_joue.mois.debut)
                if cle in entrants[Categorie.MUTATION]:
                    assert foyer.cedant is not None
                    assert foyer.cedant.le >= foyer.demande_le
                    assert not p.entre_en_droits


def test_un_dossier_clos_disparait_le_mois_suivant(mois_joues: list[MoisJoue]) -> None:
    for avant, mois_joue in zip(mois_joues, mois_joues[1:], strict=False):
        presents = {f.numero_demande for f in mois_joue.foyers}
        clos = [f for f in avant.foyers if f.etat is Etat.CLOS]
        assert clos
        assert all(f.fin_droit for f in clos)
        assert presents.isdisjoint(f.numero_demande for f in clos)
        restes = {f.numero_demande for f in avant.foyers if f.defaut is None} - {
            f.numero_demande for f in avant.foyers if f.etat in (Etat.CLOS, Etat.REFUSE)
        }
        assert restes <= presents


def test_suspensions_mutations_demenagements_et_naissances_existent(
    mois_joues: list[MoisJoue],
) -> None:
    for mois_joue in mois_joues[1:]:
        etats = Counter(f.etat for f in mois_joue.foyers)
        assert all(etats[etat] for etat in (Etat.DROIT_SUSPENDU, Etat.VERSEMENT_SUSPENDU))
        assert any(f.prenant for f in mois_joue.foyers)
        dossiers = mois_joue.mouvements.dossiers
        assert all(dossiers[e] for e in ("demenagement", "naissance", "suspension", "reprise"))


def test_la_meme_graine_rend_les_memes_fichiers(
    mois_joues: list[MoisJoue], plan: PlanDeJeu, tmp_path: Path
) -> None:
    empreintes = []
    for rang, mois in enumerate((mois_joues[1], _deuxieme(plan))):
        dossier = tmp_path / str(rang)
        dossier.mkdir()
        fichiers = ecrire_mois(mois_joue=mois, plan=plan, dossier=dossier)
        chemins = [c for c in (fichiers.caf, fichiers.msa, fichiers.contacts) if c]
        empreintes.append([hashlib.sha256(c.read_bytes()).hexdigest() for c in chemins])
    assert empreintes[0] == empreintes[1]


def _deuxieme(plan: PlanDeJeu) -> MoisJoue:
    joues = jouer_mois(plan=plan)
    next(joues)
    return next(joues)


@pytest.mark.parametrize(
    ("departement", "le", "premier", "dernier"),
    [
        ("43", date(2020, 10, 31), date(2020, 1, 1), date(2020, 10, 31)),
        ("43", date(2026, 11, 21), date(2026, 1, 1), date(2026, 10, 31)),
        ("43", date(2026, 11, 28), date(2026, 2, 1), date(2026, 11, 30)),
        ("07", date(2020, 10, 31), date(2020, 1, 1), date(2020, 10, 31)),
    ],
)
def test_dix_mois_dont_les_fichiers_existent_a_la_date(
    departement: str, le: date, premier: date, dernier: date
) -> None:
    plan = plan_de_jeu(departement=departement, date_demonstration=le)
    assert len(plan.mois) == 11
    assert plan.mois[1].debut == premier
    assert plan.mois[-1].reference_le == dernier
    assert all(m.caf_creee_le <= m.msa_creee_le <= le for m in plan.mois)
    assert plan.est_fictif == ((departement, le) != ("43", date(2020, 10, 31)))


def test_un_departement_sans_demonstration_est_dit() -> None:
    with pytest.raises(LookupError, match="« 75 »"):
        plan_de_jeu(departement="75")


def test_le_lecteur_ne_rejette_que_les_dossiers_abimes(
    mois_joues: list[MoisJoue], plan: PlanDeJeu, tmp_path: Path
) -> None:
    for mois_joue in mois_joues:
        fichiers = ecrire_mois(mois_joue=mois_joue, plan=plan, dossier=tmp_path)
        adultes = rejets = 0
        for chemin in (fichiers.caf, fichiers.msa):
            with chemin.open("rb") as source:
                for lu in lire(source, nom=chemin.name):
                    rejets += isinstance(lu, Rejet)
                    if isinstance(lu, Dossier) and lu.etat == "2":
                        adultes += sum(p.role in ("DEM", "RDO", "CJT") for p in lu.personnes)
        assert rejets == mois_joue.mois.nombre_mal_formes
        assert adultes == mois_joue.mois.beneficiaires


def test_les_contacts_se_lisent_et_leurs_numeros_sont_de_fiction(
    mois_joues: list[MoisJoue], plan: PlanDeJeu, tmp_path: Path
) -> None:
    fichiers = ecrire_mois(mois_joue=mois_joues[1], plan=plan, dossier=tmp_path)
    assert fichiers.contacts is not None
    with fichiers.contacts.open(encoding="cp1252", newline="") as source:
        lignes = list(csv.DictReader(source, delimiter=";"))
    assert len(lignes) == sum(f.defaut is None for f in mois_joues[1].caf)
    numeros = {ligne["NUMERO TELEPHONE DOSSIER"][:6] for ligne in lignes}
    assert numeros == {"063998", ""}
    with fichiers.contacts.open("rb") as brut:
        lus = list(lire_contacts(brut, nom=fichiers.contacts.name))
    assert len([lu for lu in lus if isinstance(lu, Contact)]) == len(lignes) == len(lus)
