"""Ce qu'on n'a pas pu prendre : le lire, le corriger et le rejouer, l'écarter, l'exporter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from draille.moteurs.flux.adaptateur import arrivee_de, exiger_dernier_mois
from draille.moteurs.flux.adaptateur_attente import Attente, Paquets
from draille.moteurs.flux.adaptateur_contexte import elargi, exiger, seul
from draille.moteurs.flux.calcul import caf
from draille.moteurs.flux.calcul.enregistrements import Dossier
from draille.moteurs.flux.calcul.enregistrements import Rejet as RejetLu
from draille.moteurs.flux.journal import TraiterRejet
from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.moteurs.flux.registre import integrateur
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces
from draille.socle.chiffrement import trousseau
from draille.socle.refus import Refus
from draille.socle.texte import cellule_sure

ENTETES_EXPORT = ("Rang", "Ligne", "Champ", "Valeur", "Motif", "Statut", "Contenu")


@dataclass(frozen=True, slots=True)
class RejetClair:
    """Un rejet déchiffré, pour l'écran de qui a le droit de le corriger."""

    rejet: Rejet
    valeur: str
    motif: str
    contenu: bytes


def rejets(*, fichier: FichierRecu, par: Acces) -> QuerySet[Rejet]:
    """Les rejets d'un fichier que cet accès ouvre, dans l'ordre du fichier, chiffrés."""
    visibles: QuerySet[Rejet] = Rejet.objects.visibles(par).filter(fichier=fichier)
    return visibles.order_by("rang")


def lire_rejet(*, rejet: Rejet, par: Acces) -> RejetClair:
    """Le rejet en clair. Lève `Refus('acces.refuse')` sans la clé générale de l'insertion."""
    exiger(par, "lire un dossier rejeté")
    cles = trousseau()
    return RejetClair(
        rejet=rejet,
        valeur=cles.dechiffrer(bytes(rejet.valeur_chiffree)).decode(),
        motif=cles.dechiffrer(bytes(rejet.motif_chiffre)).decode(),
        contenu=cles.dechiffrer(bytes(rejet.contenu_chiffre)),
    )


def corriger_champ(*, rejet: Rejet, valeur: str, par: Acces) -> bytes:
    """Le dossier rejeté, son champ fautif remplacé par `valeur` ; à donner à `rejouer`.

    Lève `FichierRefuse('champ_introuvable')` si le champ n'a pas de place dans le dossier.
    """
    clair = lire_rejet(rejet=rejet, par=par)
    return caf.corriger(clair.contenu, rejet.champ, valeur, rejet.occurrence)


def rejouer(
    *, rejet: Rejet, contenu_corrige: bytes, par: Acces, le: date, instant: datetime | None = None
) -> Rejet:
    """Reprend un dossier rejeté, corrigé, au mois de son fichier ; rend le rejet.

    Encore fautif, il reste à corriger, avec sa nouvelle faute. Lève `Refus` : `flux.rejet_traite`,
    `flux.rejet_tableau` (une ligne de tableau se corrige dans le tableau), `flux.mois_passe` ;
    `FichierRefuse` si le contenu n'est pas un dossier.
    """
    exiger(par, "rejouer un dossier rejeté")
    with seul(), elargi(par=par, instant=instant) as large:
        rejet = _a_corriger(rejet)
        fichier = rejet.fichier
        if fichier.nature != FichierRecu.Nature.CAF_RSA:
            raise Refus(
                code="flux.rejet_tableau",
                message="Corrigez cette ligne dans le tableau lui-même, puis déposez-le à nouveau.",
            )
        if not fichier.est_integre:
            raise Refus(
                code="flux.non_integre", message="Le fichier de ce rejet n'est pas intégré."
            )
        rejet.corrections += 1
        relu = caf.lire_fragment(contenu_corrige, rang=rejet.rang, ligne=rejet.ligne)
        if isinstance(relu, RejetLu):
            _garder_faute(rejet, relu)
            return rejet
        _controler_source(fichier, relu)
        exiger_dernier_mois(fichier)
        paquets = Paquets()
        paquets.recevoir(relu)
        attente = Attente()
        attente.copier(paquets.donner())
        bilan = integrateur(fichier.nature).integrer(arrivee_de(fichier, large, est_partielle=True))
        attente.oter()
        fichier.integres += bilan.integres
        fichier.inchanges += 1 - bilan.integres
        fichier.rejetes -= 1
        fichier.entrees += bilan.entrees
        fichier.sorties += bilan.sorties
        fichier.save(update_fields=["integres", "inchanges", "rejetes", "entrees", "sorties"])
        _traiter(rejet, Rejet.Statut.REJOUE, par, le)
    return rejet


def ecarter(*, rejet: Rejet, par: Acces, le: date, instant: datetime | None = None) -> Rejet:
    """Classe un rejet sans le prendre : il reste compté parmi les rejets de son fichier."""
    exiger(par, "écarter un dossier rejeté")
    with elargi(par=par, instant=instant):
        rejet = _a_corriger(rejet)
        _traiter(rejet, Rejet.Statut.ECARTE, par, le)
    return rejet


def exporter_rejets(*, fichier: FichierRecu, par: Acces) -> Iterator[tuple[str, ...]]:
    """Les lignes d'un tableau des rejets, titres d'abord, sûres pour un tableur.

    Lève `Refus('acces.refuse')` sans habilitation.
    """
    exiger(par, "exporter les dossiers rejetés")
    yield ENTETES_EXPORT
    for rejet in rejets(fichier=fichier, par=par).iterator():
        clair = lire_rejet(rejet=rejet, par=par)
        est_xml = fichier.nature == FichierRecu.Nature.CAF_RSA
        contenu = clair.contenu.decode("cp1252" if est_xml else "utf-8", "replace")
        cellules = (
            rejet.rang,
            rejet.ligne,
            rejet.champ,
            clair.valeur,
            clair.motif,
            rejet.get_statut_display(),
            contenu,
        )
        yield tuple(cellule_sure(cellule) for cellule in cellules)


def _a_corriger(rejet: Rejet) -> Rejet:
    courant: Rejet = Rejet.objects.select_for_update().get(pk=rejet.pk)
    courant.fichier = FichierRecu.objects.select_for_update().get(pk=courant.fichier_id)
    if courant.statut != Rejet.Statut.A_CORRIGER:
        raise Refus(
            code="flux.rejet_traite",
            message=f"Ce dossier est déjà traité : {courant.get_statut_display().lower()}.",
        )
    return courant


def _garder_faute(rejet: Rejet, relu: RejetLu) -> None:
    cles = trousseau()
    # Le dossier reçu reste entier : la première correction n'en prend que la place d'affichage.
    if rejet.origine_chiffree is None:
        rejet.origine_chiffree = rejet.contenu_chiffre
    if relu.champ[:120] != rejet.champ:
        rejet.ligne = relu.ligne
    rejet.champ, rejet.code, rejet.occurrence = relu.champ[:120], relu.code[:40], relu.occurrence
    rejet.valeur_chiffree = cles.chiffrer(relu.valeur.encode())
    rejet.motif_chiffre = cles.chiffrer(relu.motif.encode())
    rejet.contenu_chiffre = cles.chiffrer(relu.contenu)
    rejet.save()


def _controler_source(fichier: FichierRecu, relu: Dossier) -> None:
    if not fichier.fonorg:
        # Aucun dossier du fichier n'était lisible : celui-ci dit enfin d'où il vient.
        fichier.fonorg, fichier.numorg = relu.fonorg, relu.numorg
        fichier.save(update_fields=["fonorg", "numorg"])
    if (relu.fonorg, relu.numorg) != (fichier.fonorg, fichier.numorg):
        raise Refus(
            code="flux.autre_source",
            message=f"Ce dossier est de la {relu.fonorg} {relu.numorg}, et son fichier de la "
            f"{fichier.source}. Vérifiez FONORG et NUMORG.",
        )


def _traiter(rejet: Rejet, statut: Rejet.Statut, par: Acces, le: date) -> None:
    rejet.statut, rejet.traite_le, rejet.traite_par_id = statut, le, par.agent_id
    rejet.save(update_fields=["statut", "traite_le", "traite_par_id", "corrections"])
    charge = TraiterRejet(fichier_id=rejet.fichier_id, rejet_id=rejet.pk, issue=str(statut))
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=rejet.fichier_id))


def tourner_les_cles() -> int:
    """Rechiffre sous la clé courante ce que gardent les rejets ; rend leur nombre."""
    cles = trousseau()
    champs = ("valeur_chiffree", "motif_chiffre", "contenu_chiffre", "origine_chiffree")
    nombre = 0
    for rejet in Rejet.objects.all().iterator(chunk_size=200):
        for champ in champs:
            garde = getattr(rejet, champ)
            if garde is not None:
                setattr(rejet, champ, cles.chiffrer(cles.dechiffrer(bytes(garde))))
        rejet.save(update_fields=champs)
        nombre += 1
    return nombre
