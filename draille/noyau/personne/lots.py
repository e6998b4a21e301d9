"""Inscrire et rapprocher beaucoup de personnes à la fois, par des requêtes ensemblistes.

Le lot est une table temporaire de la session, que prépare l'appelant. Elle porte une ligne par
mention d'une personne (la même peut y être deux fois), avec ces colonnes :

    nir_empreinte bytea, nir_chiffre bytea      nulles sans NIR
    nom_naissance, nom_usage, prenom, prenoms_autres, sexe text
    naissance_le date, naissance_precision text
    commune_id integer                          nulle : commune inconnue
    est_domicile boolean                        faux : cette mention ne change pas la commune
    personne_id bigint, est_nouvelle boolean    nulles au départ ; remplies ici

Une personne est la même si son NIR est le même ; à défaut de NIR d'un côté ou de l'autre, si nom
de naissance, prénom (sans casse ni accents) et date de naissance sont les mêmes. Deux homonymes nés
le même jour et tous deux sans NIR se confondent : rien ne les distingue. Un dossier absorbé
mène à celui qui le continue.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from draille.noyau.journal.actes import consigner_lot
from draille.noyau.personne.actes import Inscrire, MettreAJourContact
from draille.socle.acces import PAS, SANS_COMMUNE, Acces, Compartiment

COLONNES = (
    "nom_naissance, nom_usage, prenom, prenoms_autres, sexe, naissance_le, naissance_precision,"
    " nir_chiffre, nir_empreinte, commune_id"
)
_SEQUENCE = "pg_get_serial_sequence('noyau_personne', 'id')"

_PAR_NIR = """
UPDATE {lot} l SET personne_id = coalesce(p.fusionnee_dans_id, p.id), est_nouvelle = false
FROM noyau_personne p WHERE p.nir_empreinte = l.nir_empreinte
"""
_PAR_IDENTITE = """
UPDATE {lot} l SET personne_id = t.id, est_nouvelle = false FROM (
  SELECT a.ctid AS place, min(coalesce(p.fusionnee_dans_id, p.id)) AS id
  FROM {lot} a JOIN noyau_personne p ON p.naissance_le = a.naissance_le
    AND p.nom_norme = draille_normaliser(a.nom_naissance)
    AND p.prenom_norme = draille_normaliser(a.prenom)
  WHERE a.personne_id IS NULL AND (a.nir_empreinte IS NULL OR p.nir_empreinte IS NULL
    AND (SELECT g.nir_empreinte FROM noyau_personne g WHERE g.id = p.fusionnee_dans_id) IS NULL)
  GROUP BY a.ctid
) t WHERE l.ctid = t.place
"""
# Un numéro par NIR, ou par identité : les mentions d'une même personne reçoivent le même.
_NUMEROTER_NIR = """
UPDATE {lot} l SET personne_id = t.id, est_nouvelle = true FROM (
  SELECT nir_empreinte, nextval({sequence}) AS id FROM (
    SELECT DISTINCT nir_empreinte FROM {lot}
    WHERE personne_id IS NULL AND nir_empreinte IS NOT NULL
  ) n
) t WHERE l.nir_empreinte = t.nir_empreinte AND l.personne_id IS NULL
"""
_NUMEROTER_IDENTITE = """
UPDATE {lot} l SET personne_id = t.id, est_nouvelle = true FROM (
  SELECT nom, prenom, naissance_le, nextval({sequence}) AS id FROM (
    SELECT DISTINCT draille_normaliser(nom_naissance) AS nom, draille_normaliser(prenom) AS prenom,
      naissance_le
    FROM {lot} WHERE personne_id IS NULL
  ) n
) t WHERE l.personne_id IS NULL AND draille_normaliser(l.nom_naissance) = t.nom
  AND draille_normaliser(l.prenom) = t.prenom AND l.naissance_le IS NOT DISTINCT FROM t.naissance_le
"""
_INSERER = """
INSERT INTO noyau_personne (id, {colonnes}, compartiments, langue, telephone, courriel)
SELECT DISTINCT ON (personne_id) personne_id, {colonnes}, ARRAY[%(compartiment)s]::smallint[],
  'fr', '', ''
FROM {lot} WHERE est_nouvelle AND (nir_empreinte IS NULL) = %(sans_nir)s
ORDER BY personne_id, est_domicile DESC
"""
_METTRE_A_JOUR = """
UPDATE noyau_personne p SET nom_naissance = t.nom_naissance, nom_usage = t.nom_usage,
  prenom = t.prenom, prenoms_autres = t.prenoms_autres, sexe = t.sexe,
  naissance_precision = t.naissance_precision,
  nir_chiffre = coalesce(p.nir_chiffre, t.nir_chiffre),
  nir_empreinte = coalesce(p.nir_empreinte, t.nir_empreinte),
  commune_id = CASE WHEN t.est_domicile THEN t.commune_id ELSE p.commune_id END,
  compartiments = CASE WHEN %(compartiment)s = ANY(p.compartiments) THEN p.compartiments
    ELSE p.compartiments || %(compartiment)s::smallint END
FROM (
  SELECT DISTINCT ON (personne_id) * FROM {lot} WHERE NOT est_nouvelle
  ORDER BY personne_id, est_domicile DESC, nir_empreinte IS NULL
) t
WHERE p.id = t.personne_id AND (
  (p.nom_naissance, p.nom_usage, p.prenom, p.prenoms_autres, p.sexe, p.naissance_precision)
    IS DISTINCT FROM
    (t.nom_naissance, t.nom_usage, t.prenom, t.prenoms_autres, t.sexe, t.naissance_precision)
  OR (p.nir_empreinte IS NULL AND t.nir_empreinte IS NOT NULL)
  OR (t.est_domicile AND p.commune_id IS DISTINCT FROM t.commune_id)
  OR NOT %(compartiment)s = ANY(p.compartiments)
)
"""
_LIGNES = """
SELECT %(lot_le)s::date AS le, p.id AS personne_id, p.id AS objet_id,
  %(lot_compartiment)s * {pas} + coalesce(p.commune_id, {sans_commune}) AS cle_acces,
  '{{"origine": "flux"}}'::jsonb AS charge
FROM noyau_personne p
WHERE p.id IN (SELECT personne_id FROM {lot} WHERE est_nouvelle)
"""


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """Ce que le lot a fait : personnes inscrites, personnes déjà connues et changées."""

    inscrites: int
    changees: int


def rapprocher(
    *, lot: str, compartiment: Compartiment, par: Acces, le: date, a_consigner: bool = True
) -> Rapprochement:
    """Remplit `personne_id` de chaque ligne de la table temporaire `lot`, en inscrivant au besoin.

    Le contexte ouvert doit voir tous les compartiments : une personne cachée serait inscrite deux
    fois. Une inscription écrit une ligne de journal, sauf si l'acte de l'appelant dit déjà la
    personne (`a_consigner` faux) ; un état civil corrigé par la source n'en écrit pas.
    """
    assert connection.in_atomic_block, "un acte s'écrit dans une transaction"
    formes = {"lot": lot, "colonnes": COLONNES, "sequence": _SEQUENCE}
    valeurs = {"compartiment": int(compartiment)}
    # Deux mentions, l'une avec NIR et l'autre sans : la seconde se rapproche de la première
    # une fois celle-ci inscrite.
    avec_nir = (_PAR_NIR, _PAR_IDENTITE, _NUMEROTER_NIR, _INSERER)
    sans_nir = (_PAR_IDENTITE, _NUMEROTER_IDENTITE, _INSERER)
    inscrites = 0
    with connection.cursor() as curseur:
        for requete in avec_nir:
            curseur.execute(requete.format(**formes), {**valeurs, "sans_nir": False})
        inscrites += curseur.rowcount
        curseur.execute(f"SELECT EXISTS (SELECT FROM {lot} WHERE personne_id IS NULL)")
        if curseur.fetchone()[0]:
            for requete in sans_nir:
                curseur.execute(requete.format(**formes), {**valeurs, "sans_nir": True})
            inscrites += curseur.rowcount
        curseur.execute(_METTRE_A_JOUR.format(**formes), valeurs)
        changees = curseur.rowcount
    if a_consigner:
        consigner_lot(
            acte=Inscrire,
            par=par,
            source=_LIGNES.format(lot=lot, pas=PAS, sans_commune=SANS_COMMUNE),
            parametres={"lot_le": le, "lot_compartiment": int(compartiment)},
        )
    return Rapprochement(inscrites=inscrites, changees=changees)


_CONTACTS = """
WITH voulus AS (
  SELECT DISTINCT ON (personne_id) personne_id, telephone, courriel FROM {lot}
  WHERE personne_id IS NOT NULL ORDER BY personne_id, rang DESC
), changes AS (
  SELECT p.id, p.commune_id, v.telephone, v.courriel,
    v.telephone <> '' AND v.telephone <> p.telephone AS a_telephone,
    v.courriel <> '' AND v.courriel <> p.courriel AS a_courriel
  FROM voulus v JOIN noyau_personne p ON p.id = v.personne_id
)
SELECT * FROM changes WHERE a_telephone OR a_courriel
"""
_LIGNES_CONTACTS = """
SELECT %(lot_le)s::date AS le, id AS personne_id, id AS objet_id,
  %(lot_compartiment)s * {pas} + coalesce(commune_id, {sans_commune}) AS cle_acces,
  jsonb_build_object('champs', to_jsonb(array_remove(ARRAY[
    CASE WHEN a_telephone THEN 'telephone' END, CASE WHEN a_courriel THEN 'courriel' END
  ], NULL))) AS charge
FROM noyau_lot_contact
"""


def mettre_a_jour_contacts(*, lot: str, compartiment: Compartiment, par: Acces, le: date) -> int:
    """Donne à chaque personne du lot son téléphone et son adresse ; rend combien ont changé.

    Colonnes du lot : `rang`, `personne_id`, `telephone`, `courriel` (vides : rien à changer ; le
    rang le plus grand l'emporte). Le journal dit quels champs ont changé, jamais leurs valeurs.
    """
    assert connection.in_atomic_block, "un acte s'écrit dans une transaction"
    with connection.cursor() as curseur:
        curseur.execute("DROP TABLE IF EXISTS pg_temp.noyau_lot_contact")
        curseur.execute(f"CREATE TEMPORARY TABLE noyau_lot_contact AS {_CONTACTS.format(lot=lot)}")
        curseur.execute(
            "UPDATE noyau_personne p SET"
            " telephone = CASE WHEN l.a_telephone THEN l.telephone ELSE p.telephone END,"
            " courriel = CASE WHEN l.a_courriel THEN l.courriel ELSE p.courriel END"
            " FROM noyau_lot_contact l WHERE l.id = p.id"
        )
        changees = int(curseur.rowcount)
    consigner_lot(
        acte=MettreAJourContact,
        par=par,
        source=_LIGNES_CONTACTS.format(pas=PAS, sans_commune=SANS_COMMUNE),
        parametres={"lot_le": le, "lot_compartiment": int(compartiment)},
    )
    return changees
