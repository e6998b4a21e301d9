"""Prendre un fichier de contacts, ou le tableau d'un service, ligne par ligne et en une fois.

Un contact va à la personne de son NIR ; à défaut, par le matricule, au demandeur du foyer : un
couple partage un seul matricule, et le fichier ne dit pas de qui est le numéro. Ces contacts-là
sont comptés à part. Un matricule que deux organismes emploient ne désigne personne : la ligne est
rejetée.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from draille.moteurs.flux.adaptateur_attente import ligne_rejet
from draille.moteurs.flux.adaptateur_contexte import CLE_SANS_COMMUNE, exiger
from draille.moteurs.flux.calcul import correspondance as c
from draille.moteurs.flux.calcul.contacts import lire_contacts
from draille.moteurs.flux.calcul.enregistrements import Contact
from draille.moteurs.flux.calcul.enregistrements import Rejet as RejetLu
from draille.moteurs.flux.calcul.refus import FichierRefuse
from draille.moteurs.flux.calcul.tableur import Tableau, lire_tableau
from draille.moteurs.flux.models import Correspondance, FichierRecu, Rejet
from draille.noyau.foyer.actes import matricule_garde
from draille.noyau.personne.lots import mettre_a_jour_contacts, rapprocher
from draille.socle.acces import Acces, Compartiment
from draille.socle.chiffrement import trousseau

IDENTITE = ("nom_naissance", "prenom", "naissance_le")
_CREER_CONTACTS = """
CREATE TEMPORARY TABLE flux_lot_contact (
  rang integer, ligne integer, matricule text, nir_empreinte bytea, telephone text, courriel text,
  personne_id bigint, foyers integer, adultes integer
)
"""
_PAR_NIR = """
UPDATE flux_lot_contact l SET personne_id = p.id, foyers = 1, adultes = 1
FROM noyau_personne p WHERE p.nir_empreinte = l.nir_empreinte
"""
_PAR_MATRICULE = """
UPDATE flux_lot_contact l SET personne_id = t.personne_id, foyers = t.foyers, adultes = t.adultes
FROM (
  SELECT f.matricule, count(DISTINCT f.id) AS foyers,
    count(DISTINCT m.personne_id) FILTER (WHERE m.role <> 'ENF') AS adultes,
    (array_agg(m.personne_id
      ORDER BY position(m.role IN 'DEM RDO CJT AUT'), m.personne_id))[1] AS personne_id
  FROM noyau_foyer f JOIN noyau_membrefoyer m ON m.foyer_id = f.id AND m.fin IS NULL
  WHERE f.matricule IN (SELECT matricule FROM flux_lot_contact WHERE personne_id IS NULL)
  GROUP BY f.matricule
) t WHERE l.personne_id IS NULL AND l.matricule <> '' AND l.matricule = t.matricule
"""
_NON_PRIS = """
SELECT rang, ligne, coalesce(foyers, 0) FROM flux_lot_contact
WHERE personne_id IS NULL OR foyers > 1 ORDER BY rang
"""
_CREER_PERSONNES = """
CREATE TEMPORARY TABLE flux_lot_personne (
  rang integer, nir_chiffre bytea, nir_empreinte bytea, nom_naissance text, nom_usage text,
  prenom text, prenoms_autres text, sexe text, naissance_le date, naissance_precision text,
  insee text, code_postal text, nom_commune text, telephone text, courriel text,
  commune_id integer, est_domicile boolean, personne_id bigint, est_nouvelle boolean
)
"""
_COMMUNES = """
UPDATE flux_lot_personne l SET commune_id = c.id, est_domicile = true FROM noyau_commune c
WHERE c.code_insee = l.insee OR (l.insee = '' AND l.nom_commune <> ''
  AND draille_normaliser(c.nom) = draille_normaliser(l.nom_commune))
"""


def prendre(*, fichier: FichierRecu, par: Acces, le: date) -> None:
    """Prend toutes les lignes du fichier et met ses comptes à jour, sans l'enregistrer.

    Lève `FichierRefuse` si le tableau est illisible ou si ses colonnes ne sont pas comprises.
    """
    with Path(fichier.chemin).open("rb") as source:
        if fichier.nature == FichierRecu.Nature.CONTACTS:
            _contacts(fichier, list(lire_contacts(source, nom=fichier.nom)), par, le)
        else:
            _tableau(fichier, lire_tableau(source, fichier.nom), par, le)


def enregistrer_correspondance(
    *, source: str, colonnes: dict[str, str], par: Acces, le: date
) -> Correspondance:
    """Garde les colonnes d'une source : titre vers champ neutre (`CHAMPS`), et la rend.

    Lève `FichierRefuse('colonnes_absentes')` si un champ n'est pas connu ou si l'identité manque.
    """
    exiger(par, "décrire les colonnes d'un tableau")
    inconnus = [champ for champ in colonnes.values() if champ not in c.CHAMPS]
    manquants = [] if _a_identite(set(colonnes.values())) else ["nom, prénom, date de naissance"]
    if inconnus or manquants:
        raise FichierRefuse(
            code="colonnes_absentes",
            message="Ces colonnes ne suffisent pas à reconnaître une personne, ou sont "
            f"inconnues : {', '.join(inconnus + manquants)}.",
        )
    gardee, _ = Correspondance.objects.update_or_create(
        source=source, defaults={"colonnes": colonnes, "modifiee_le": le}
    )
    return gardee


def _contacts(fichier: FichierRecu, lus: list[Contact | RejetLu], par: Acces, le: date) -> None:
    cles = trousseau()
    rejets = [lu for lu in lus if isinstance(lu, RejetLu)]
    contacts = {rang: lu for rang, lu in enumerate(lus, 1) if isinstance(lu, Contact)}
    lignes = (
        (
            rang,
            contact.ligne,
            matricule_garde(contact.matricule),
            cles.empreinte(contact.nir13.encode()) if contact.nir13 else None,
            contact.telephones[0] if contact.telephones else "",
            contact.courriel,
        )
        for rang, contact in contacts.items()
    )
    with connection.cursor() as curseur:
        _recreer(curseur, "flux_lot_contact", _CREER_CONTACTS)
        colonnes = "rang, ligne, matricule, nir_empreinte, telephone, courriel"
        _copier(curseur, f"flux_lot_contact ({colonnes})", lignes)
        curseur.execute("ANALYZE flux_lot_contact")
        curseur.execute(_PAR_NIR)
        curseur.execute(_PAR_MATRICULE)
        curseur.execute(_NON_PRIS)
        rejets += [_rejet_contact(contacts[rang], *reste) for rang, *reste in curseur.fetchall()]
        curseur.execute("DELETE FROM flux_lot_contact WHERE personne_id IS NULL OR foyers > 1")
        curseur.execute("SELECT count(*) FROM flux_lot_contact WHERE adultes > 1")
        fichier.ambigus = int(curseur.fetchone()[0])
    changes = mettre_a_jour_contacts(
        lot="flux_lot_contact", compartiment=Compartiment.INSERTION, par=par, le=le
    )
    _compter(fichier, lus=len(lus), rejets=rejets, changes=changes)


def _rejet_contact(contact: Contact, ligne: int, foyers: int) -> RejetLu:
    phrase = (
        "ce matricule est employé par plusieurs organismes : ajoutez le NIR"
        if foyers > 1
        else "ni ce NIR ni ce matricule ne sont connus"
    )
    return RejetLu(
        rang=ligne,
        ligne=ligne,
        champ="MATRICULE",
        valeur=contact.matricule,
        motif=f"Ligne {ligne} : {phrase}.",
        contenu=json.dumps(contact._asdict(), ensure_ascii=False).encode(),
        code="contact_ambigu" if foyers > 1 else "contact_inconnu",
    )


def _tableau(fichier: FichierRecu, tableau: Tableau, par: Acces, le: date) -> None:
    lus = list(c.appliquer(tableau, _colonnes(tableau)))
    rejets: list[RejetLu] = []
    lignes: list[tuple[Any, ...]] = []
    for rang, lu in enumerate(lus, 1):
        prise = lu if isinstance(lu, RejetLu) else _ligne_personne(rang, lu)
        if isinstance(prise, RejetLu):
            rejets.append(prise)
        else:
            lignes.append(prise)
    with connection.cursor() as curseur:
        _recreer(curseur, "flux_lot_personne", _CREER_PERSONNES)
        colonnes = (
            "rang, nir_chiffre, nir_empreinte, nom_naissance, nom_usage, prenom, prenoms_autres,"
            " sexe, naissance_le, naissance_precision, insee, code_postal, nom_commune, telephone,"
            " courriel, est_domicile"
        )
        _copier(curseur, f"flux_lot_personne ({colonnes})", lignes)
        curseur.execute("ANALYZE flux_lot_personne")
        curseur.execute(_COMMUNES)
    fait = rapprocher(lot="flux_lot_personne", compartiment=Compartiment.INSERTION, par=par, le=le)
    contacts = mettre_a_jour_contacts(
        lot="flux_lot_personne", compartiment=Compartiment.INSERTION, par=par, le=le
    )
    fichier.entrees = fait.inscrites
    changes = min(len(lignes), max(fait.inscrites + fait.changees, contacts))
    _compter(fichier, lus=len(lus), rejets=rejets, changes=changes)


def _colonnes(tableau: Tableau) -> dict[str, str]:
    """Les colonnes gardées dont tous les titres sont là, sinon celles que l'on devine."""
    titres = set(tableau.entetes)
    gardees = [g.colonnes for g in Correspondance.objects.order_by("-modifiee_le", "-pk")]
    convenables = [colonnes for colonnes in gardees if set(colonnes) <= titres]
    colonnes: dict[str, str] = max(convenables, key=len) if convenables else {}
    colonnes = colonnes or c.proposer(tableau.entetes)
    if not _a_identite(set(colonnes.values())):
        raise FichierRefuse(
            code="colonnes_a_decrire",
            message=f"Les colonnes de {tableau.nom} ne disent pas où sont le nom, le prénom et la "
            "date de naissance. Décrivez-les une fois : elles seront gardées pour cette source.",
        )
    return colonnes


def _a_identite(champs: set[str]) -> bool:
    return bool(champs & {"nom_naissance", "nom_usage"}) and {"prenom", "naissance_le"} <= champs


def _ligne_personne(rang: int, lu: dict[str, Any]) -> tuple[Any, ...] | RejetLu:
    cles = trousseau()
    lu = {**lu, "nom_naissance": lu.get("nom_naissance") or lu.get("nom_usage")}
    manquants = [champ for champ in IDENTITE if not lu.get(champ)]
    if manquants:
        libelles = ", ".join(c.CHAMPS[champ].libelle for champ in manquants)
        contenu = json.dumps(lu, ensure_ascii=False, default=str).encode()
        motif = f"Ligne {lu['ligne']} : il manque {libelles}."
        return RejetLu(rang, lu["ligne"], libelles[:120], "", motif, contenu, "champ_absent")
    nir = lu["nir"].encode() if lu.get("nir") else None
    return (
        rang,
        cles.chiffrer(nir) if nir else None,
        cles.empreinte(nir) if nir else None,
        lu["nom_naissance"][:80],
        (lu.get("nom_usage") or lu["nom_naissance"])[:80],
        lu["prenom"][:80],
        "",
        lu.get("sexe") or "",
        lu["naissance_le"],
        "N",
        lu.get("numcom") or "",
        lu.get("code_postal") or "",
        lu.get("nom_commune") or "",
        lu.get("telephone") or "",
        lu.get("courriel") or "",
        False,
    )


def _recreer(curseur: Any, table: str, creation: str) -> None:
    curseur.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    curseur.execute(creation)


def _copier(curseur: Any, cible: str, lignes: Iterable[tuple[Any, ...]]) -> None:
    with curseur.copy(f"COPY {cible} FROM STDIN") as copie:
        for ligne in lignes:
            copie.write_row(ligne)


def _compter(fichier: FichierRecu, *, lus: int, rejets: list[RejetLu], changes: int) -> None:
    Rejet.objects.bulk_create(_rejets(fichier, rejets), batch_size=1000)
    fichier.lus, fichier.rejetes = lus, len(rejets)
    fichier.integres = min(changes, lus - len(rejets))
    fichier.inchanges = lus - len(rejets) - fichier.integres


def _rejets(fichier: FichierRecu, rejets: list[RejetLu]) -> Iterator[Rejet]:
    noms = (
        *("rang", "ligne", "champ", "occurrence", "code"),
        *("valeur_chiffree", "motif_chiffre", "contenu_chiffre"),
    )
    cles = trousseau()
    for lu in rejets:
        valeurs = dict(zip(noms, ligne_rejet(lu, cles), strict=False))
        yield Rejet(fichier=fichier, cle_acces=CLE_SANS_COMMUNE, **valeurs)
