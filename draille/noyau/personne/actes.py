"""Inscrire une personne, tracer une consultation de son dossier."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.personne.models import Consultation, Personne
from draille.socle.acces import Acces, Compartiment, Role, cle
from draille.socle.chiffrement import trousseau


@dataclass(frozen=True)
class Inscrire:
    """Charge : d'où vient l'inscription (« accueil », « flux »)."""

    origine: str


@dataclass(frozen=True)
class MettreAJourContact:
    """Charge : les moyens de contact changés, sans leurs valeurs."""

    champs: list[str]


@dataclass(frozen=True)
class RendreConnue:
    """Charge : le compartiment où la personne devient connue."""

    compartiment: str


ACTES = (
    ActeDeclare("personne.inscrire", 1, "Personne inscrite", Inscrire),
    ActeDeclare("personne.rendre_connue", 1, "Personne connue d'un métier", RendreConnue),
    ActeDeclare(
        "personne.mettre_a_jour_contact", 1, "Moyens de contact mis à jour", MettreAJourContact
    ),
)
ROLES_INSCRIRE = (
    Role.ACCUEIL,
    Role.CHARGE_ORIENTATION,
    Role.TRAVAILLEUR_SOCIAL,
    Role.REFERENT,
    Role.CADRE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identite:
    """L'état civil que l'on inscrit. `nir` : 13 caractères, facultatif."""

    nom_naissance: str
    prenom: str
    nom_usage: str = ""
    sexe: str = ""
    naissance_le: date | None = None
    naissance_precision: str = Personne.Precision.JOUR
    nir: str = ""


@transaction.atomic
def inscrire(
    *, identite: Identite, compartiment: Compartiment, commune_id: int | None, par: Acces, le: date
) -> Personne:
    """Inscrit une personne dans un compartiment. Lève `Refus('acces.refuse')` sans habilitation."""
    cle_acces = cle(compartiment=compartiment, commune_id=commune_id)
    par.exiger(ROLES_INSCRIRE, cle_ligne=cle_acces, action="inscrire une personne")
    nir = identite.nir.encode()
    personne = Personne(
        nom_naissance=identite.nom_naissance,
        nom_usage=identite.nom_usage,
        prenom=identite.prenom,
        sexe=identite.sexe,
        naissance_le=identite.naissance_le,
        naissance_precision=identite.naissance_precision,
        nir_chiffre=trousseau().chiffrer(nir) if nir else None,
        nir_empreinte=trousseau().empreinte(nir) if nir else None,
        commune_id=commune_id,
        compartiments=[int(compartiment)],
    )
    personne.save(force_insert=True)
    sujet = _sujet(personne, compartiment)
    consigner(charge=Inscrire(origine="accueil"), par=par, le=le, sujet=sujet)
    return personne


@transaction.atomic
def rendre_connue(
    *, personne: Personne, compartiment: Compartiment, par: Acces, le: date
) -> Personne:
    """Rend une personne connue dans un compartiment de plus ; déjà connue, n'écrit rien.

    L'accès doit déjà la lire ailleurs. Lève `Refus('acces.refuse')` sans habilitation.
    """
    cle_acces = cle(compartiment=compartiment, commune_id=personne.commune_id)
    par.exiger(ROLES_INSCRIRE, cle_ligne=cle_acces, action="recevoir cette personne")
    if compartiment in personne.compartiments:
        return personne
    personne.compartiments = [*personne.compartiments, int(compartiment)]
    personne.save(update_fields=["compartiments"])
    charge = RendreConnue(compartiment=compartiment.name.lower())
    consigner(charge=charge, par=par, le=le, sujet=_sujet(personne, compartiment))
    return personne


@transaction.atomic
def mettre_a_jour_contact(
    *, personne: Personne, telephone: str = "", courriel: str = "", par: Acces, le: date
) -> Personne:
    """Garde le téléphone et le courriel donnés ; une valeur vide ou inchangée n'écrit rien.

    Lève `Refus('acces.refuse')` sans habilitation là où la personne est connue.
    """
    donnes = {"telephone": telephone.strip(), "courriel": courriel.strip()}
    changes = [c for c, valeur in donnes.items() if valeur and valeur != getattr(personne, c)]
    if not changes:
        return personne
    sujets = [_sujet(personne, Compartiment(c)) for c in sorted(personne.compartiments)]
    habilites = (*ROLES_INSCRIRE, Role.SYSTEME)
    tenus = [s for s in sujets if par.a_role_sur(habilites, s.cle_acces)]
    sujet = (tenus or sujets)[0]
    par.exiger(habilites, cle_ligne=sujet.cle_acces, action="changer ces coordonnées")
    for champ in changes:
        setattr(personne, champ, donnes[champ])
    personne.save(update_fields=changes)
    consigner(charge=MettreAJourContact(champs=changes), par=par, le=le, sujet=sujet)
    return personne


def _sujet(personne: Personne, compartiment: Compartiment) -> Sujet:
    return Sujet(
        compartiment=compartiment,
        personne_id=personne.pk,
        commune_id=personne.commune_id,
        objet_id=personne.pk,
    )


def consulter(*, personne: Personne, page: str, compartiment: Compartiment, par: Acces) -> None:
    """Écrit que cet agent a ouvert le dossier de cette personne (CASF L262-44, RGPD article 32)."""
    Consultation.objects.create(
        agent_id=par.agent_id,
        personne=personne,
        page=page,
        cle_acces=cle(compartiment=compartiment, commune_id=personne.commune_id),
    )


@transaction.atomic
def tourner_les_cles(*, progression: Callable[[int], None]) -> int:
    """Rechiffre les NIR sous la clé courante et refait leurs empreintes ; rend leur nombre.

    Tout ou rien : les empreintes ne se comparent que si toutes viennent de la même clé.
    """
    nombre = 0
    lot: list[Personne] = []
    for personne in Personne.objects.exclude(nir_chiffre=None).iterator(chunk_size=2000):
        nir = trousseau().dechiffrer(bytes(personne.nir_chiffre))
        personne.nir_chiffre = trousseau().chiffrer(nir)
        personne.nir_empreinte = trousseau().empreinte(nir)
        lot.append(personne)
        if len(lot) == 2000:
            nombre += _enregistrer_cles(lot, progression)
            lot = []
    return nombre + _enregistrer_cles(lot, progression)


def _enregistrer_cles(lot: list[Personne], progression: Callable[[int], None]) -> int:
    Personne.objects.bulk_update(lot, ["nir_chiffre", "nir_empreinte"])
    progression(len(lot))
    return len(lot)
