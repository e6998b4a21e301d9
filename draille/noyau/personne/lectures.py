"""Trouver une personne sans feuilleter, ouvrir son dossier, dire qui l'a ouvert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from draille.noyau.organisation.models import Agent
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.personne.regles import Demande
from draille.socle.acces import Acces, Compartiment, cle
from draille.socle.chiffrement import trousseau


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationLue:
    """Un agent a ouvert le dossier, à cet instant."""

    agent: str
    organisation: str
    page: str
    consulte_le: datetime


def chercher_par_nom(*, demande: Demande, avec_proches: bool, limite: int) -> list[int]:
    """Les identifiants des personnes trouvées par nom et naissance, les plus ressemblantes d'abord.

    Les droits sont ceux du contexte ouvert : la fonction SQL lit elle-même les clés de la
    transaction. Sans aucun nom exact, elle cherche les noms proches ; `avec_proches` les ajoute
    toujours. Un dossier absorbé mène à celui qui le continue.
    """
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT personne_id FROM draille_rechercher(%s, daterange(%s, %s), %s, %s)"
            if demande.naissance_debut
            else "SELECT personne_id FROM draille_rechercher(%s, NULL, %s, %s)",
            [
                demande.texte,
                *(
                    (demande.naissance_debut, demande.naissance_fin)
                    if demande.naissance_debut
                    else ()
                ),
                avec_proches,
                limite,
            ],
        )
        return list(dict.fromkeys(ligne[0] for ligne in curseur.fetchall()))


def chercher_par_nir(*, nir: str, acces: Acces) -> list[int]:
    """L'identifiant de la personne de ce NIR, par son empreinte à clé ; aucune ou une."""
    empreinte = trousseau().empreinte(nir.encode())
    trouvees = Personne.objects.visibles(acces).filter(nir_empreinte=empreinte)
    return list(trouvees.values_list("id", flat=True))


def charger(*, ids: Sequence[int], acces: Acces) -> list[Personne]:
    """Les personnes de ces identifiants que cet accès ouvre, dans l'ordre donné, commune jointe."""
    trouvees = (
        Personne.objects.visibles(acces)
        .filter(pk__in=ids)
        .select_related("commune")
        .defer("nir_chiffre", "recherche")
    )
    par_id = {p.pk: p for p in trouvees}
    return [par_id[i] for i in ids if i in par_id]


def ouvrir(*, personne_id: int, acces: Acces) -> Personne | None:
    """La personne, commune jointe ; None si elle n'existe pas ou n'est pas ouverte à cet accès."""
    trouvee: Personne | None = (
        Personne.objects.visibles(acces).filter(pk=personne_id).select_related("commune").first()
    )
    return trouvee


def compartiment_ouvert(*, personne: Personne, acces: Acces) -> Compartiment:
    """Le premier compartiment où cette personne est connue et que cet accès ouvre.

    Lève StopIteration si aucun ne l'est : la personne n'aurait pas dû être chargée.
    """
    return next(
        Compartiment(numero)
        for numero in sorted(personne.compartiments)
        if acces.voit(cle(compartiment=numero, commune_id=personne.commune_id))
    )


def consultations_de(*, personne: Personne, acces: Acces, limite: int) -> list[ConsultationLue]:
    """Qui a ouvert ce dossier, du plus récent au plus ancien. Deux requêtes."""
    lues = list(
        Consultation.objects.visibles(acces)
        .filter(personne=personne)
        .order_by("-consulte_le", "-pk")[:limite]
    )
    agents = Agent.objects.select_related("organisation").in_bulk(
        [c.agent_id for c in lues if c.agent_id]
    )
    return [
        ConsultationLue(
            agent=str(agents.get(c.agent_id, "Traitement automatique")),
            organisation=agents[c.agent_id].organisation.nom if c.agent_id in agents else "",
            page=c.page,
            consulte_le=c.consulte_le,
        )
        for c in lues
    ]


_DERNIERS = """
SELECT coalesce(p.fusionnee_dans_id, p.id)
FROM noyau_consultation c JOIN noyau_personne p ON p.id = c.personne_id
WHERE c.agent_id = %s GROUP BY 1 ORDER BY max(c.id) DESC LIMIT %s
"""


def derniers_dossiers(*, acces: Acces, limite: int) -> list[Personne]:
    """Les derniers dossiers que cet agent a ouverts et qui lui restent ouverts."""
    with connection.cursor() as curseur:
        curseur.execute(_DERNIERS, [acces.agent_id, limite])
        ids = [ligne[0] for ligne in curseur.fetchall()]
    return charger(ids=ids, acces=acces)
