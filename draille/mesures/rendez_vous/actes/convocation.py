"""Fixer des rendez-vous, un ou une liste : l'état, le journal et les messages, d'un seul tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.mesures.rendez_vous.acces import CONVOQUER
from draille.mesures.rendez_vous.actes import annonce, charges
from draille.mesures.rendez_vous.actes.commun import (
    exiger_passee,
    introuvable,
    refus,
    refuser_en_phrases,
)
from draille.mesures.rendez_vous.lectures_trajets import temps_entre
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Motif, RendezVous
from draille.moteurs.messages.adaptateur import Envoi, deposer_lot
from draille.moteurs.messages.adaptateur_destinations import joindre
from draille.moteurs.messages.models import Canal
from draille.moteurs.trajets.calcul import Temps
from draille.noyau.journal.actes import consigner_lot
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, cle
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

ACTION = "convoquer cette personne"


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneAConvoquer:
    """Une ligne d'un travail en nombre. `minutes` : le trajet, en dixièmes de minute, s'il est déjà
    calculé ; `canal` nul : celui que la personne préfère. `est_calculee` : la date vient de la
    proposition, et la lettre le dit (CRPA L311-3-1).
    """

    demande_id: int
    creneau_id: int
    minutes: int | None = None
    canal: str | None = None
    est_calculee: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneRefusee:
    """Une ligne qui n'a pas pu passer, et pourquoi."""

    demande_id: int
    refus: Refus


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilan:
    """Ce qu'un travail en nombre a fait ; chaque ligne est d'un côté ou de l'autre."""

    faites: tuple[RendezVous, ...]
    refusees: tuple[LigneRefusee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AFixer:
    """Ce qu'il faut pour fixer : la personne, ce qu'elle attend, le créneau, comment l'annoncer."""

    personne: Personne
    creneau_id: int
    cle_acces: int
    motif: str
    objet_id: int | None = None
    demande: DemandeRendezVous | None = None
    rang: int = 1
    minutes: int | None = None
    canal: str | None = None
    est_algorithmique: bool = False


@transaction.atomic
def fixer(
    *,
    creneau_id: int,
    par: Acces,
    le: date,
    demande_id: int | None = None,
    personne_id: int | None = None,
    annoncer: bool = True,
) -> RendezVous:
    """Fixe un rendez-vous : pour une demande, ou de suivi pour une personne.

    La convocation et le rappel sont déposés dans la même transaction ; `annoncer` faux quand la
    date est dite de vive voix. Lève `Refus` : `acces.refuse`, `rendez_vous.` `introuvable`,
    `creneau_introuvable`, `creneau_passe`, `creneau_ferme`, `creneau_plein`, `chevauchement`,
    `autre_motif`, `autre_agent`, `deja_convoquee`, `demande_close`, `date_future`, et ceux du
    dépôt d'un message (`messages.adresse_absente`…).
    """
    exiger_passee(le=le)
    if demande_id is not None:
        ligne = LigneAConvoquer(demande_id=demande_id, creneau_id=creneau_id, est_calculee=False)
        vise = _de_la_demande(ligne, _demandes([demande_id], par).get(demande_id), par)
    else:
        vise = _de_suivi(personne_id, creneau_id, par)
    return fixer_un(vise, par=par, le=le, annoncer=annoncer)


@transaction.atomic
def convoquer_lot(*, lignes: Sequence[LigneAConvoquer], par: Acces, le: date) -> Bilan:
    """Convoque une liste. Une ligne refusée est rendue avec son refus ; les autres passent.

    Seul le rendez-vous s'écrit ligne à ligne, parce que la base peut refuser chacun : le reste
    (messages, journal, demandes) se fait en un nombre constant de requêtes. Lève
    `Refus('rendez_vous.date_future')` pour toute la liste.
    """
    exiger_passee(le=le)
    demandes = _demandes([ligne.demande_id for ligne in lignes], par)
    refusees: list[LigneRefusee] = []
    bonnes: list[AFixer] = []
    for ligne in lignes:
        try:
            bonnes.append(_de_la_demande(ligne, demandes.get(ligne.demande_id), par))
        except Refus as refusee:
            refusees.append(LigneRefusee(demande_id=ligne.demande_id, refus=refusee))
    faites: list[RendezVous] = []
    for vise, resultat in zip(bonnes, fixer_lot(bonnes, par=par, le=le), strict=True):
        if isinstance(resultat, Refus):
            assert vise.demande is not None
            refusees.append(LigneRefusee(demande_id=vise.demande.pk, refus=resultat))
        else:
            faites.append(resultat)
    return Bilan(faites=tuple(faites), refusees=tuple(refusees))


def fixer_un(vise: AFixer, *, par: Acces, le: date, annoncer: bool = True) -> RendezVous:
    """Fixe un rendez-vous, ou lève le refus qui l'en empêche."""
    resultat = fixer_lot([vise], par=par, le=le, annoncer=annoncer)[0]
    if isinstance(resultat, Refus):
        raise resultat
    return resultat


def fixer_lot(
    vises: Sequence[AFixer], *, par: Acces, le: date, annoncer: bool = True
) -> list[RendezVous | Refus]:
    """Fixe chacun, dans l'ordre ; rend le rendez-vous, ou le refus qui l'a écarté."""
    creneaux = {
        c.pk: c
        for c in Creneau.objects.select_related(
            "lieu__commune", "lieu__organisation", "agent"
        ).filter(pk__in=[v.creneau_id for v in vises])
    }
    temps = temps_entre(
        communes=[v.personne.commune_id for v in vises if v.minutes is None],
        lieux=[c.lieu.commune_id for c in creneaux.values()],
        le=le,
    )
    rendus: dict[int, RendezVous | Refus] = {}
    # Deux listes en même temps prennent les créneaux dans le même ordre : aucune ne bloque l'autre.
    for rang in sorted(range(len(vises)), key=lambda i: vises[i].creneau_id):
        vise = vises[rang]
        try:
            rendus[rang] = _inserer(vise, creneaux.get(vise.creneau_id), temps, par, le)
        except Refus as refusee:
            rendus[rang] = refusee
    resultats = [rendus[rang] for rang in range(len(vises))]
    if annoncer:
        _annoncer(vises, resultats, par, le)
    _suivre(vises, resultats, par, le)
    return resultats


def _inserer(
    vise: AFixer, creneau: Creneau | None, temps: dict[tuple[int, int], Temps], par: Acces, le: date
) -> RendezVous:
    _verifier(vise, creneau, le)
    assert creneau is not None
    minutes = vise.minutes
    if minutes is None:
        trajet = temps.get((vise.personne.commune_id or 0, creneau.lieu.commune_id))
        minutes = None if trajet is None else trajet.minutes
    with refuser_en_phrases():
        rendez_vous: RendezVous = RendezVous.objects.create(
            personne=vise.personne,
            cle_acces=vise.cle_acces,
            demande=vise.demande,
            creneau=creneau,
            motif=vise.motif,
            objet_id=vise.objet_id,
            rang=vise.rang,
            jour=creneau.jour,
            debut=creneau.debut,
            fin=creneau.fin,
            avant_le=vise.demande.avant_le if vise.demande else None,
            minutes=minutes,
            fixe_le=le,
            fixe_par_id=par.agent_id,
        )
    return rendez_vous


def _verifier(vise: AFixer, creneau: Creneau | None, le: date) -> None:
    if creneau is None:
        raise refus("creneau_introuvable", "Ce créneau n'existe plus. Rouvrez l'agenda.")
    if creneau.jour < le:
        raise refus(
            "creneau_passe",
            f"Ce créneau du {date_moyenne(creneau.jour)} est passé. Choisissez-en un à venir.",
        )
    admis = (Motif.SUIVI, Motif.REFERENT) if vise.motif == Motif.SUIVI else (vise.motif,)
    if creneau.motif not in admis:
        raise refus(
            "autre_motif",
            f"Ce créneau est réservé : « {Motif(creneau.motif).label} ». Choisissez-en un autre.",
        )
    attendu = vise.demande.agent_id if vise.demande else None
    if vise.motif == Motif.REFERENT and creneau.agent_id != attendu:
        raise refus(
            "autre_agent",
            "Ce créneau n'est pas celui du référent de cette personne. Choisissez dans son agenda.",
        )


def _annoncer(
    vises: Sequence[AFixer], resultats: list[RendezVous | Refus], par: Acces, le: date
) -> None:
    """Dépose convocations et rappels ; une convocation refusée défait son rendez-vous."""
    fixes = [(i, r) for i, r in enumerate(resultats) if isinstance(r, RendezVous)]
    convocations = [
        annonce.convocation(r, canal=vises[i].canal, est_algorithmique=vises[i].est_algorithmique)
        for i, r in fixes
    ]
    deposes = deposer_lot(envois=convocations, par=par, le=le) if convocations else []
    rappels: list[Envoi] = []
    chez = joindre(personnes=[r.personne for _, r in fixes], le=le)
    for (i, rendez_vous), depose in zip(fixes, deposes, strict=True):
        if isinstance(depose, Refus):
            rendez_vous.delete()
            resultats[i] = depose
            continue
        # Une lettre de rappel arriverait trop tard : qui n'a qu'une adresse n'en reçoit pas.
        if set(chez.destinations(rendez_vous.personne)) - {Canal.COURRIER.value}:
            rappel = annonce.rappel(rendez_vous, le=le)
            rappels += [rappel] if rappel else []
    if rappels:
        deposer_lot(envois=rappels, par=par, le=le)


_LIGNES = """
SELECT r.fixe_le AS le, r.personne_id, r.objet_id, r.cle_acces, jsonb_build_object(
  'rendez_vous_id', r.id, 'demande_id', r.demande_id, 'motif', r.motif, 'rang', r.rang,
  'jour', r.jour, 'lieu_id', c.lieu_id, 'agent_id', c.agent_id,
  'est_en_retard', coalesce(r.jour > r.avant_le, false), 'minutes', r.minutes) AS charge
FROM rendez_vous_rendezvous r JOIN rendez_vous_creneau c ON c.id = r.creneau_id
WHERE r.id = ANY(%(ids)s) ORDER BY r.id
"""


def _suivre(
    vises: Sequence[AFixer], resultats: list[RendezVous | Refus], par: Acces, le: date
) -> None:
    """Passe les demandes à « convoquée » et écrit les lignes de journal."""
    fixes = [r for r in resultats if isinstance(r, RendezVous)]
    convoquees = [r.demande_id for r in fixes if r.demande_id is not None]
    if convoquees:
        DemandeRendezVous.objects.filter(pk__in=convoquees).update(
            statut=DemandeRendezVous.Statut.CONVOQUEE
        )
    for vise in vises:
        if vise.demande and vise.demande.pk in convoquees:
            vise.demande.statut = DemandeRendezVous.Statut.CONVOQUEE
    for charge, est_referent in ((charges.Fixer, False), (charges.FixerReferent, True)):
        ids = [r.pk for r in fixes if (r.motif == Motif.REFERENT) is est_referent]
        if ids:
            consigner_lot(acte=charge, par=par, source=_LIGNES, parametres={"ids": ids})


def _demandes(ids: Sequence[int], par: Acces) -> dict[int, DemandeRendezVous]:
    trouvees = (
        DemandeRendezVous.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne")
        .filter(pk__in=ids)
        .order_by("id")
    )
    return {d.pk: d for d in trouvees}


def _de_la_demande(ligne: LigneAConvoquer, demande: DemandeRendezVous | None, par: Acces) -> AFixer:
    if demande is None:
        raise introuvable()
    par.exiger(CONVOQUER, cle_ligne=demande.cle_acces, action=ACTION)
    if demande.statut == DemandeRendezVous.Statut.CONVOQUEE:
        raise refus(
            "deja_convoquee",
            "Cette personne a déjà un rendez-vous. Pour en changer, déplacez-le.",
        )
    if demande.statut != DemandeRendezVous.Statut.A_CONVOQUER:
        raise refus(
            "demande_close",
            f"Cette convocation est close : « {demande.get_statut_display()} ». "
            "Ouvrez le dossier pour voir pourquoi.",
        )
    return AFixer(
        personne=demande.personne,
        creneau_id=ligne.creneau_id,
        cle_acces=demande.cle_acces,
        motif=demande.motif,
        objet_id=demande.objet_id,
        demande=demande,
        rang=demande.rang,
        minutes=ligne.minutes,
        canal=ligne.canal,
        est_algorithmique=demande.est_algorithmique or ligne.est_calculee,
    )


def _de_suivi(personne_id: int | None, creneau_id: int, par: Acces) -> AFixer:
    personne: Personne | None = (
        Personne.objects.visibles(par).select_related("commune").filter(pk=personne_id).first()
    )
    if personne is None:
        raise introuvable()
    cle_acces = cle(compartiment=Compartiment.INSERTION, commune_id=personne.commune_id)
    par.exiger(CONVOQUER, cle_ligne=cle_acces, action=ACTION)
    derniere = (
        DemandeRendezVous.objects.visibles(par)
        .filter(personne=personne)
        .order_by("-id")
        .values_list("objet_id", flat=True)
        .first()
    )
    return AFixer(
        personne=personne,
        creneau_id=creneau_id,
        cle_acces=cle_acces,
        motif=Motif.SUIVI,
        objet_id=derniere,
    )
