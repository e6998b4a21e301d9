from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from draille.socle import parametres
from draille.socle.parametres import ErreurParametre, Registre

CODE = "orientation_rsa.delai_loi"
LOI = """
orientation_rsa.delai_loi:
  libelle: Délai légal d'orientation
  unite: jours
  valeurs:
    - {du: 2009-06-01, valeur: 60, reference: "CASF L262-29"}
    - {du: 2025-01-01, valeur: 42, reference: "CASF D262-65-2"}
"""


@pytest.fixture
def fichier(tmp_path):
    def ecrire(contenu: str, nom: str = "parametres.yaml") -> Path:
        chemin = tmp_path / nom
        chemin.write_text(contenu, encoding="utf-8")
        return chemin

    return ecrire


def _valeurs(*lignes: str, unite: str = "jours", entete: str = "") -> str:
    corps = "".join(f"    - {{{ligne}}}\n" for ligne in lignes)
    return f"a.b:\n  libelle: Essai\n  unite: {unite}\n{entete}  valeurs:\n{corps}"


def test_la_valeur_suit_la_date(fichier):
    registre = Registre.charger([fichier(LOI)])
    assert registre.valeur(CODE, date(2009, 6, 1)) == 60
    assert registre.valeur(CODE, date(2024, 12, 31)) == 60
    assert registre.entier(CODE, date(2025, 1, 1)) == 42
    assert [v.reference for v in registre.historique(CODE)] == ["CASF L262-29", "CASF D262-65-2"]
    assert registre.tous()[0].libelle == "Délai légal d'orientation"


def test_avant_la_premiere_valeur_le_message_dit_depuis_quand_elle_existe(fichier):
    registre = Registre.charger([fichier(LOI)])
    with pytest.raises(
        ErreurParametre, match=r"31 mai 2009 : elle existe à partir du 1er juin 2009"
    ):
        registre.valeur(CODE, date(2009, 5, 31))


def test_un_code_mal_ecrit_propose_le_bon(fichier):
    registre = Registre.charger([fichier(LOI)])
    with pytest.raises(ErreurParametre, match="Vouliez-vous dire « orientation_rsa.delai_loi »"):
        registre.valeur("orientation_rsa.delais_loi", date(2025, 1, 1))


@pytest.mark.parametrize(
    ("unite", "ecrit", "lu"),
    [
        ("jours", "42", 42),
        ("euros", "82000", Decimal("82000")),
        ("euros", "359.32", Decimal("359.32")),
        ("euros", '"0.10"', Decimal("0.10")),
        ("euros", "0.1", Decimal("0.1")),
        ("taux", "0.5", Decimal("0.5")),
        ("heures", "15", Decimal("15")),
        ("texte", "Haute-Loire", "Haute-Loire"),
        ("liste", "[social, 3]", ("social", 3)),
        ("oui_non", "oui", True),
        ("oui_non", "false", False),
    ],
)
def test_chaque_unite_a_son_type_et_aucun_flottant(fichier, unite, ecrit, lu):
    contenu = _valeurs(f"du: 2020-01-01, valeur: {ecrit}, reference: r", unite=unite)
    valeur = Registre.charger([fichier(contenu)]).valeur("a.b", date(2020, 1, 1))
    assert valeur == lu and type(valeur) is type(lu)


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (_valeurs("du: 2020-01-01, valeur: 1"), r"a\.b, valeur du 2020-01-01 : « reference »"),
        (_valeurs("du: 2020-01-01, valeur: 1, reference: ' '"), "« reference » est absent"),
        (_valeurs("du: 2020-01-01, reference: r"), "« valeur » est absente"),
        (_valeurs("du: 2020-02-30, valeur: 1, reference: r"), "« 2020-02-30 », qui n'est pas"),
        (_valeurs("du: 2020, valeur: 1, reference: r"), "« 2020 », qui n'est pas une date"),
        (_valeurs("du: 2020-01-01 10:00:00, valeur: 1, reference: r"), "qui n'est pas une date"),
        (_valeurs("du: 2020-01-02, au: 2020-01-01, valeur: 1, reference: r"), "avant de commencer"),
        (_valeurs("du: 2020-01-01, valeur: 1.5, reference: r"), "« 1.5 » n'est pas un nombre ent"),
        (_valeurs("du: 2020-01-01, valeur: '42', reference: r"), "n'est pas un nombre entier"),
        (_valeurs("du: 2020-01-01, valeur: true, reference: r"), "n'est pas un nombre entier"),
        (_valeurs("du: 2020-01-01, valeur: 042, reference: r"), "« 042 » n'est pas un nombre"),
        (_valeurs("du: 2020-01-01, valeur: 1:30, reference: r"), "ligne 5 : « 1:30 »"),
        (_valeurs("du: 2020-01-01, valeur: .nan, reference: r", unite="euros"), "« .nan »"),
        (_valeurs("du: 2020-01-01, valeur: 50, reference: r", unite="taux"), "entre 0 et 1"),
        (_valeurs("du: 2020-01-01, valeur: 1, reference: r, ref: r"), "champ inconnu « ref »"),
        (_valeurs("du: 2020-01-01, valeur: 1, reference: r", entete="  x: 1\n"), "inconnu « x »"),
        (_valeurs("du: 2020-01-01, valeur: 1, reference: r", unite="pommes"), "unité absente"),
        (
            _valeurs("du: 2020-01-01, valeur: 1, reference: r").replace("  unite: jours\n", ""),
            "uni",
        ),
        (
            _valeurs("du: 2020-01-01, valeur: 1, reference: r").replace("a.b", "Délai"),
            "domaine.nom",
        ),
        (LOI + LOI, "« orientation_rsa.delai_loi » est écrit deux fois"),
        ("a.b: {libelle: x, unite: jours, valeurs: []}", "aucune valeur"),
        ("a.b: 12", "on attend des champs"),
        ("", "aucun paramètre"),
        ("departement: 07\na.b: {}", "entre guillemets|n'est pas un nombre"),
        ("a: [", "ligne"),
    ],
)
def test_un_fichier_fautif_se_dit_avec_son_nom(fichier, contenu, dit):
    with pytest.raises(ErreurParametre, match=dit) as erreur:
        Registre.charger([fichier(contenu)])
    assert "parametres.yaml" in str(erreur.value)


def test_un_fichier_absent_se_dit(tmp_path):
    with pytest.raises(ErreurParametre, match="absent.yaml : fichier illisible"):
        Registre.charger([tmp_path / "absent.yaml"])


def test_le_meme_code_dans_deux_fichiers_est_refuse(fichier):
    with pytest.raises(ErreurParametre, match=r"b\.yaml, .*déjà dans .*a\.yaml"):
        Registre.charger([fichier(LOI, "a.yaml"), fichier(LOI, "b.yaml")])


@pytest.mark.parametrize(
    ("lignes", "code"),
    [
        (("2020-01-01", None), ("2020-01-01", None)),
        (("2020-01-01", "2020-03-01"), ("2020-03-01", None)),
    ],
)
def test_un_chevauchement_nomme_sa_date(fichier, lignes, code):
    contenu = _valeurs(*(_ligne(*periode) for periode in (lignes, code)))
    with pytest.raises(ErreurParametre, match=f"chevauchement le {code[0]}") as erreur:
        Registre.charger([fichier(contenu)])
    assert erreur.value.code == "parametre.chevauchement"


def test_un_trou_se_refuse_sauf_justifie(fichier):
    lignes = (_ligne("2020-01-01", "2020-03-01"), _ligne("2020-05-01", None))
    with pytest.raises(ErreurParametre, match="entre le 2020-03-01 et le 2020-05-01"):
        Registre.charger([fichier(_valeurs(*lignes))])
    justifie = _valeurs(*lignes, entete="  trous_permis: Suspendu par l'état d'urgence\n")
    registre = Registre.charger([fichier(justifie)])
    assert registre.valeur("a.b", date(2020, 3, 1)) == 1
    assert registre.valeur("a.b", date(2020, 5, 1)) == 1
    with pytest.raises(ErreurParametre, match=r"s'arrête au 1er mars 2020 ; .*1er mai.*état d'urg"):
        registre.valeur("a.b", date(2020, 4, 1))


def test_apres_la_derniere_valeur_le_message_dit_sa_fin(fichier):
    registre = Registre.charger([fichier(_valeurs(_ligne("2020-01-01", "2020-12-31")))])
    with pytest.raises(ErreurParametre, match="s'arrête au 31 décembre 2020"):
        registre.valeur("a.b", date(2021, 1, 1))


def test_un_departement_remplace_ce_que_la_loi_lui_laisse(fichier):
    local = LOI.replace("unite: jours", "unite: jours\n  local: true")
    departement = (
        'departement: "43"\norientation_rsa.delai_loi:\n  valeurs:\n'
        "    - {du: 2019-07-01, valeur: 30, reference: Convention 43}\n"
    )
    general, propre = fichier(local, "general.yaml"), fichier(departement, "43.yaml")
    for chemins in ([general, propre], [propre, general]):
        registre = Registre.charger(chemins)
        assert registre.valeur(CODE, date(2026, 1, 1)) == 30
        assert registre.parametre(CODE).libelle == "Délai légal d'orientation"
        assert registre.parametre(CODE).remplace == general
        with pytest.raises(ErreurParametre, match="1er juillet 2019"):
            registre.valeur(CODE, date(2010, 1, 1))
    with pytest.raises(ErreurParametre, match="ne peut pas remplacer"):
        Registre.charger([fichier(LOI, "general.yaml"), propre])
    with pytest.raises(ErreurParametre, match="déjà dans"):
        general = fichier(local, "general.yaml")
        Registre.charger([general, propre, fichier(departement, "07.yaml")])


def test_un_departement_ne_change_pas_l_unite(fichier):
    local = LOI.replace("unite: jours", "unite: jours\n  local: true")
    departement = (
        'departement: "43"\norientation_rsa.delai_loi:\n  unite: mois\n  valeurs:\n'
        "    - {du: 2019-07-01, valeur: 1, reference: Convention 43}\n"
    )
    with pytest.raises(ErreurParametre, match="l'unité est « jours »"):
        Registre.charger([fichier(local, "general.yaml"), fichier(departement, "43.yaml")])


def test_une_lecture_du_mauvais_type_se_dit(fichier):
    registre = Registre.charger([fichier(LOI)])
    for lire in (registre.decimal, registre.texte, registre.liste, registre.oui):
        with pytest.raises(ErreurParametre, match="unité « jours »"):
            lire(CODE, date(2025, 1, 1))


def test_le_registre_global_se_relit_quand_un_fichier_s_ajoute(fichier, monkeypatch):
    monkeypatch.setattr(parametres, "_fichiers", [])
    monkeypatch.setattr(parametres, "_registre", None)
    chemin = fichier(LOI)
    parametres.inscrire_fichier(chemin)
    parametres.inscrire_fichier(chemin)
    premier = parametres.registre_global()
    assert premier.entier(CODE, date(2025, 1, 1)) == 42
    assert parametres.registre_global() is premier
    parametres.inscrire_fichier(fichier(_valeurs(_ligne("2020-01-01", None)), "b.yaml"))
    assert {p.code for p in parametres.registre_global().tous()} == {CODE, "a.b"}


def _ligne(du: str, au: str | None, valeur: int = 1) -> str:
    fin = f", au: {au}" if au else ""
    return f"du: {du}{fin}, valeur: {valeur}, reference: r"


JOURS = st.dates(date(2000, 1, 1), date(2002, 1, 1))
PERIODES = st.lists(st.tuples(JOURS, st.none() | st.integers(0, 400)), min_size=1, max_size=6)


def _jours(periodes):
    """L'oracle : jour par jour, les lignes qui le couvrent (`au` absent : jusqu'à la suivante)."""
    ordre = sorted(periodes, key=lambda p: p[0])
    couverture = {}
    for rang, (du, duree) in enumerate(ordre):
        suivants = [autre for autre, _ in ordre[rang + 1 :]]
        if duree is not None:
            fin = du + timedelta(days=duree)
        elif suivants:
            fin = max(du, suivants[0] - timedelta(days=1))
        else:
            fin = date(2004, 1, 1)
        jour = du
        while jour <= fin:
            couverture.setdefault(jour, []).append(rang)
            jour += timedelta(days=1)
    return ordre, couverture


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(periodes=PERIODES, le=st.dates(date(1999, 12, 1), date(2003, 12, 1)))
def test_chevauchements_trous_et_valeurs_suivent_l_oracle(tmp_path, periodes, le):
    ordre, couverture = _jours(periodes)
    chemin = tmp_path / "p.yaml"
    lignes = [
        {"du": du, "valeur": rang, "reference": "r"}
        | ({} if duree is None else {"au": du + timedelta(days=duree)})
        for rang, (du, duree) in enumerate(ordre)
    ]
    entree = {"libelle": "x", "unite": "nombre", "valeurs": lignes[::-1]}
    chemin.write_text(yaml.safe_dump({"a.b": entree}))

    chevauche = any(len(rangs) > 1 for rangs in couverture.values())
    debut, fin = min(couverture), max(couverture)
    a_un_trou = len(couverture) != (fin - debut).days + 1
    if chevauche or a_un_trou:
        with pytest.raises(ErreurParametre) as erreur:
            Registre.charger([chemin])
        assert erreur.value.code in {"parametre.chevauchement", "parametre.trou"}
        if not a_un_trou:
            assert erreur.value.code == "parametre.chevauchement"
        if not chevauche:
            assert erreur.value.code == "parametre.trou"
        return
    registre = Registre.charger([chemin])
    if le in couverture:
        assert registre.valeur("a.b", le) == couverture[le][0]
    else:
        with pytest.raises(ErreurParametre, match="n'a pas de valeur"):
            registre.valeur("a.b", le)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dates=st.lists(JOURS, min_size=1, max_size=8, unique=True), le=JOURS)
def test_la_valeur_en_vigueur_est_la_derniere_commencee(tmp_path, dates, le):
    assume(min(dates) <= le)
    chemin = tmp_path / "p.yaml"
    lignes = [{"du": du, "valeur": du.toordinal(), "reference": "r"} for du in dates]
    chemin.write_text(
        yaml.safe_dump({"a.b": {"libelle": "x", "unite": "nombre", "valeurs": lignes}})
    )
    attendu = max(du for du in dates if du <= le).toordinal()
    assert Registre.charger([chemin]).valeur("a.b", le) == attendu


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brut=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_un_fichier_quelconque_se_lit_ou_se_refuse(tmp_path, brut):
    chemin = tmp_path / "p.yaml"
    chemin.write_bytes(brut)
    try:
        Registre.charger([chemin])
    except ErreurParametre as erreur:
        assert "p.yaml" in str(erreur)
