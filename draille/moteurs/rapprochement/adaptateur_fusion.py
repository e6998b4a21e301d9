"""Les actes : rejoindre deux dossiers, confirmer à deux, séparer, dire qu'ils sont deux personnes.

Rejoindre déplace les lignes, jamais l'histoire : le journal et les consultations restent à leur
dossier, et celui qui continue l'autre les montre. Tout ce qui a bougé est noté, pour le rendre.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from draille.moteurs.rapprochement.adaptateur_champs import rendre_les_champs, reunir
from draille.moteurs.rapprochement.adaptateur_droits import (
    a_deux,
    introuvable,
    peut_confirmer,
    prendre,
)
from draille.moteurs.rapprochement.adaptateur_fiches import fiches, seuils
from draille.moteurs.rapprochement.adaptateur_lignes import (
    deplacer,
    rendre,
    toutes_les_cles,
)
from draille.moteurs.rapprochement.calcul.formes import Profil
from draille.moteurs.rapprochement.calcul.poids import peser
from draille.moteurs.rapprochement.calcul.types import Zone
from draille.moteurs.rapprochement.calcul.zones import zone
from draille.moteurs.rapprochement.journal import (
    DeclarerDistinctes,
    Fusionner,
    Proposer,
    Separer,
)
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, cle
from draille.socle.refus import Refus

ACTION = "rejoindre des dossiers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """La paire décidée ; `fusion` nulle : elle attend une seconde personne."""

    paire: Paire
    fusion: Fusion | None


@transaction.atomic
def fusionner(*, gardee_id: int, absorbee_id: int, par: Acces, le: date) -> Issue:
    """Continue le dossier absorbé dans le dossier gardé, ou le propose à une seconde personne.

    À deux si l'une est connue de l'enfance ou de la PMI. Lève `Refus` : `acces.refuse`,
    `rapprochement.introuvable`, `.meme`, `.absorbee`, `.nir`, `.en_attente`, `.etats`.
    """
    gardee, absorbee = _prendre_deux(gardee_id, absorbee_id, par)
    _exiger_joignables(gardee, absorbee)
    paire = _paire(gardee, absorbee, par, le)
    if not a_deux(gardee, absorbee):
        return Issue(paire=paire, fusion=_joindre(paire, gardee, absorbee, par, le))
    if paire.statut == Paire.Statut.EN_ATTENTE:
        raise Refus(
            code="rapprochement.en_attente",
            message="Cette fusion est déjà proposée : une seconde personne doit la confirmer.",
        )
    paire.statut = Paire.Statut.EN_ATTENTE
    paire.gardee, paire.proposee_par, paire.decidee_le = gardee, par.agent_id, None
    paire.save()
    for personne, autre in ((gardee, absorbee), (absorbee, gardee)):
        charge = Proposer(paire_id=paire.pk, autre_id=autre.pk)
        consigner(charge=charge, par=par, le=le, sujet=_sujet(personne, par, paire.pk))
    return Issue(paire=paire, fusion=None)


@transaction.atomic
def confirmer_fusion(*, paire_id: int, par: Acces, le: date) -> Fusion:
    """Fait la fusion proposée ; une autre personne, habilitée là où les dossiers sont protégés.

    Lève `Refus` : ceux de `fusionner`, `rapprochement.seconde_personne`, `.decidee`.
    """
    paire, personnes = _prendre_paire(paire_id, par)
    if paire.statut != Paire.Statut.EN_ATTENTE or paire.gardee_id is None:
        raise _decidee()
    exiger_seconde(paire=paire, personnes=personnes, par=par)
    gardee = personnes[paire.gardee_id]
    absorbee = next(p for p in personnes.values() if p.pk != gardee.pk)
    _exiger_joignables(gardee, absorbee)
    return _joindre(paire, gardee, absorbee, par, le)


@transaction.atomic
def declarer_distinctes(*, paire_id: int, par: Acces, le: date) -> Paire:
    """Dit que ce sont deux personnes : la paire ne reviendra plus à la revue.

    Une fusion proposée ne s'écarte que par qui pourrait la confirmer, ou par qui l'a proposée. Lève
    `Refus` : `acces.refuse`, `rapprochement.introuvable`, `.seconde_personne`, `.decidee`.
    """
    paire, personnes = _prendre_paire(paire_id, par)
    if paire.statut not in (Paire.Statut.OUVERTE, Paire.Statut.EN_ATTENTE):
        raise _decidee()
    if paire.statut == Paire.Statut.EN_ATTENTE and paire.proposee_par != par.agent_id:
        exiger_seconde(paire=paire, personnes=personnes, par=par)
    _decider(paire, Paire.Statut.DISTINCTE, par, le)
    premiere, seconde = personnes.values()
    for personne, autre in ((premiere, seconde), (seconde, premiere)):
        charge = DeclarerDistinctes(paire_id=paire.pk, autre_id=autre.pk)
        consigner(charge=charge, par=par, le=le, sujet=_sujet(personne, par, paire.pk))
    return paire


@transaction.atomic
def separer(*, fusion_id: int, par: Acces, le: date) -> Fusion:
    """Rend au dossier absorbé tout ce qu'il avait ; ce qui est venu depuis reste au dossier gardé.

    Lève `Refus` : `acces.refuse`, `rapprochement.introuvable`, `.decidee`, `.ordre`, `.etats`.
    """
    fusion: Fusion | None = (
        Fusion.objects.visibles(par).select_for_update().filter(pk=fusion_id).first()
    )
    if fusion is None:
        raise introuvable()
    personnes = prendre(
        ids=[fusion.gardee_id, fusion.absorbee_id], par=par, action="séparer des dossiers"
    )
    if fusion.separee_le is not None:
        raise _decidee()
    gardee, absorbee = personnes[fusion.gardee_id], personnes[fusion.absorbee_id]
    if gardee.fusionnee_dans_id is not None or absorbee.fusionnee_dans_id != gardee.pk:
        raise Refus(
            code="rapprochement.ordre",
            message=(
                "Le dossier gardé a lui-même été rejoint à un autre depuis : séparez d'abord cette "
                "fusion-là."
            ),
        )
    with toutes_les_cles():
        lignes = rendre(deplacees=fusion.deplacees, de=gardee.pk, vers=absorbee.pk)
        rendre_les_champs(fusion, gardee, absorbee)
        Paire.objects.filter(_deux(gardee.pk, absorbee.pk)).update(
            statut=Paire.Statut.DISTINCTE, decidee_le=le, decidee_par=par.agent_id
        )
        fusion.separee_le, fusion.separee_par = le, par.agent_id
        fusion.save(update_fields=["separee_le", "separee_par"])
        for personne, autre, role in ((gardee, absorbee, "garde"), (absorbee, gardee, "absorbe")):
            charge = Separer(dossier=role, autre_id=autre.pk, lignes=lignes)
            consigner(charge=charge, par=par, le=le, sujet=_sujet(personne, par, fusion.pk))
    return fusion


def exiger_seconde(*, paire: Paire, personnes: dict[int, Personne], par: Acces) -> None:
    """Lève `Refus('rapprochement.seconde_personne')` si l'agent ne peut confirmer cette paire."""
    if not peut_confirmer(personnes=personnes.values(), proposee_par=paire.proposee_par, par=par):
        raise Refus(
            code="rapprochement.seconde_personne",
            message=(
                "Une autre personne que la première doit confirmer, habilitée partout où ces "
                "dossiers sont protégés."
            ),
            base_legale="CASF L226-2-2 ; CSP L2112-9",
        )


# --- Ce que les actes partagent


def _prendre_deux(gardee_id: int, absorbee_id: int, par: Acces) -> tuple[Personne, Personne]:
    if gardee_id == absorbee_id:
        raise Refus(
            code="rapprochement.meme", message="C'est un seul dossier : il n'y a rien à rejoindre."
        )
    personnes = prendre(ids=[gardee_id, absorbee_id], par=par, action=ACTION)
    return personnes[gardee_id], personnes[absorbee_id]


def _prendre_paire(paire_id: int, par: Acces) -> tuple[Paire, dict[int, Personne]]:
    paire = Paire.objects.visibles(par).select_for_update().filter(pk=paire_id).first()
    if paire is None:
        raise introuvable()
    return paire, prendre(ids=[paire.premiere_id, paire.seconde_id], par=par, action=ACTION)


def _exiger_joignables(gardee: Personne, absorbee: Personne) -> None:
    if gardee.fusionnee_dans_id or absorbee.fusionnee_dans_id:
        raise Refus(
            code="rapprochement.absorbee",
            message="L'un de ces dossiers est déjà continué par un autre.",
        )
    nirs = [bytes(p.nir_empreinte) for p in (gardee, absorbee) if p.nir_empreinte]
    if len(set(nirs)) > 1:
        raise Refus(
            code="rapprochement.nir",
            message=(
                "Ces deux dossiers portent deux numéros de sécurité sociale différents : ce sont "
                "deux personnes, ou l'un des numéros est à corriger d'abord."
            ),
        )


def _paire(gardee: Personne, absorbee: Personne, par: Acces, le: date) -> Paire:
    """La paire de ces deux personnes, créée si la revue ne l'avait pas vue."""
    premiere, seconde = sorted((gardee, absorbee), key=lambda p: p.pk)
    lues = [Profil(f) for f in fiches(acces=par, ids=[gardee.pk, absorbee.pk])]
    with toutes_les_cles():
        trouvee: Paire | None = (
            Paire.objects.select_for_update().filter(_deux(gardee.pk, absorbee.pk)).first()
        )
        if trouvee is not None:
            return trouvee
        bornes = seuils(le)
        pesee = peser(*lues)
        ou = zone(pesee, marge=bornes.marge, seuils=bornes)
        creee: Paire = Paire.objects.create(
            premiere=premiere,
            seconde=seconde,
            poids=pesee.poids,
            raisons=list(pesee.raisons),
            zone=Paire.Zone.CERTAINE if ou == Zone.CERTAINE else Paire.Zone.A_REVOIR,
            vue_le=le,
            cle_acces=cle_commune(premiere, seconde),
        )
    return creee


def cle_commune(premiere: Personne, seconde: Personne) -> int:
    """La clé d'une paire : le premier compartiment commun, à défaut le premier de la première."""
    communs = set(premiere.compartiments) & set(seconde.compartiments)
    compartiment = min(communs or premiere.compartiments)
    return cle(compartiment=compartiment, commune_id=premiere.commune_id)


def _joindre(paire: Paire, gardee: Personne, absorbee: Personne, par: Acces, le: date) -> Fusion:
    fusion = Fusion(
        gardee=gardee,
        absorbee=absorbee,
        compartiments_avant=sorted(gardee.compartiments),
        commune_avant_id=absorbee.commune_id,
        le=le,
        agent_id=paire.proposee_par if paire.statut == Paire.Statut.EN_ATTENTE else par.agent_id,
        second_agent_id=par.agent_id if paire.statut == Paire.Statut.EN_ATTENTE else None,
    )
    with toutes_les_cles():
        # La commune d'abord : les lignes de l'absorbée prennent les clés de celle qui la continue.
        fusion.champs_completes = reunir(gardee, absorbee)
        fusion.deplacees = deplacer(de=absorbee.pk, vers=gardee.pk)
        fusion.cle_acces = cle_commune(gardee, absorbee)
        fusion.save(force_insert=True)
        Paire.objects.filter(
            Q(premiere=absorbee) | Q(seconde=absorbee),
            statut__in=(Paire.Statut.OUVERTE, Paire.Statut.EN_ATTENTE),
        ).exclude(pk=paire.pk).delete()
        _decider(paire, Paire.Statut.FUSIONNEE, par, le)
        lignes = sum(len(ids) for ids in fusion.deplacees.values())
        for personne, autre, role in ((gardee, absorbee, "garde"), (absorbee, gardee, "absorbe")):
            charge = Fusionner(dossier=role, autre_id=autre.pk, lignes=lignes)
            consigner(charge=charge, par=par, le=le, sujet=_sujet(personne, par, fusion.pk))
    return fusion


def _decider(paire: Paire, statut: str, par: Acces, le: date) -> None:
    paire.statut, paire.decidee_le, paire.decidee_par = statut, le, par.agent_id
    paire.save()


def _decidee() -> Refus:
    return Refus(
        code="rapprochement.decidee",
        message="Quelqu'un en a déjà décidé : relisez la liste avant de recommencer.",
    )


def _deux(a: int, b: int) -> Q:
    return Q(premiere_id=min(a, b), seconde_id=max(a, b))


def _sujet(personne: Personne, par: Acces, objet_id: int) -> Sujet:
    cles = {c: cle(compartiment=c, commune_id=personne.commune_id) for c in personne.compartiments}
    # La commune a pu changer avec la fusion : à défaut d'un compartiment que l'auteur lit encore,
    # le premier.
    lus = [c for c in sorted(cles) if par.voit(cles[c])]
    return Sujet(
        compartiment=(lus or sorted(cles))[0],
        personne_id=personne.pk,
        commune_id=personne.commune_id,
        objet_id=objet_id,
    )
