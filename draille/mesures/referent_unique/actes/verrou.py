"""Ce que les actes partagent : qui décide, sur qui, et le refus qui le dit."""

from datetime import date

from draille.mesures.referent_unique.acces import DESIGNER
from draille.noyau.journal.actes import Sujet
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, cle, cle_generale
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

INSERTION = Compartiment.INSERTION
_HUMAIN = "Loi 78-17 article 47 ; CRPA L311-3-1"


def refus(code: str, message: str, base_legale: str = "") -> Refus:
    """Un refus de cette mesure."""
    return Refus(code=f"referent_unique.{code}", message=message, base_legale=base_legale)


def exiger_agent(par: Acces) -> int:
    """L'agent qui décide. Lève `Refus('referent_unique.agent_nomme')` pour un traitement."""
    if par.agent_id is None:
        raise refus(
            "agent_nomme",
            "Une désignation se décide par un agent nommé, jamais par un traitement. "
            "Connectez-vous sous votre compte.",
            _HUMAIN,
        )
    return par.agent_id


def exiger_departement(par: Acces, *, action: str) -> None:
    """Lève `Refus('acces.refuse')` sans habilitation sur tout le Département."""
    par.exiger(DESIGNER, cle_ligne=cle_generale(compartiment=INSERTION), action=action)


def prendre_personne(*, personne_id: int, par: Acces, action: str) -> Personne:
    """La personne, si elle est ouverte et que l'on peut désigner pour elle.

    Lève `Refus` : `referent_unique.introuvable`, `acces.refuse`.
    """
    personne: Personne | None = (
        Personne.objects.visibles(par).select_related("commune").filter(pk=personne_id).first()
    )
    if personne is None:
        raise refus(
            "introuvable",
            "Cette personne n'existe pas, ou son dossier ne vous est pas ouvert.",
        )
    par.exiger(DESIGNER, cle_ligne=cle_de(personne), action=action)
    return personne


def cle_de(personne: Personne) -> int:
    """La clé d'insertion de cette personne."""
    return cle(compartiment=INSERTION, commune_id=personne.commune_id)


def sujet_de(personne: Personne, objet_id: int | None) -> Sujet:
    """De qui parle la ligne de journal."""
    return Sujet(
        compartiment=INSERTION,
        personne_id=personne.pk,
        commune_id=personne.commune_id,
        objet_id=objet_id,
    )


def exiger_motif(motif: str, pourquoi: str) -> str:
    """Le motif, sans blancs. Lève `Refus('referent_unique.motif_absent')` s'il est vide."""
    dit = motif.strip()
    if not dit:
        raise refus("motif_absent", f"Écrivez en une phrase pourquoi {pourquoi}.")
    return dit[:200]


def quand(le: date) -> str:
    """La date, en toutes lettres courtes."""
    return date_moyenne(le)
