"""L'état d'un Département fictif et ce qui peut y arriver en un mois.

Un dossier connaît au plus un événement par mois. Les entrants se déduisent, à la fin du mois, de la
comparaison avec le mois précédent : leur catégorie ne peut donc pas contredire les fichiers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from draille.demo.adultes import doter_adulte
from draille.demo.communes import CommuneSource
from draille.demo.droit import ZERO, recalculer, revoir_le_trimestre
from draille.demo.fictif import (
    Defaut,
    Etat,
    FoyerFictif,
    Motif,
    Mutation,
    Ressource,
    changer,
)
from draille.demo.mouvements import Categorie, Mouvements, cle_personne
from draille.demo.plan import MoisDeJeu, PlanDeJeu
from draille.demo.population import Ouverture, Population, composition

MOTIFS_FIN = (("ECH", 45), ("RFD", 30), ("RAU", 17), ("PCG", 6), ("RGD", 2))
MOTIFS_VERSEMENT = (("06", 60), ("01", 25), ("05", 8), ("03", 4), ("44", 3))
MOTIFS_DROIT = ("DB", "GR", "DC", "GL", "DM")
MOIS_AVANT_CLOTURE = 4
PART_SUSPENDUS, PART_SUSPENDUS_LONGS, PART_CLOS = 0.045, 0.014, 0.02
RESSOURCES_NON_SOUMISE = Decimal(560)


class Jeu:
    """Les dossiers d'un Département fictif, mois après mois."""

    def __init__(self, plan: PlanDeJeu, communes: Sequence[CommuneSource]) -> None:
        """Préparer le jeu ; le premier mois joué doit être le stock du plan."""
        self._plan = plan
        self._alea = Random(plan.graine)
        self._population = Population(
            departement=plan.departement,
            organismes=plan.organismes,
            communes=communes,
            graine=plan.graine,
        )
        self.dossiers: dict[str, FoyerFictif] = {}
        self._anciens: list[FoyerFictif] = []
        self._evenements: dict[str, Categorie | str] = {}
        self._avant: dict[str, FoyerFictif] = {}
        self._mois: MoisDeJeu = plan.mois[0]

    # --- les mois

    def poser_le_stock(self) -> None:
        """Remplir le Département de dossiers déjà anciens, à l'effectif de départ."""
        manque = self._mois.beneficiaires
        while manque > 0:
            manque -= len(self._ouvrir(self._demande_ancienne(), est_isole=manque == 1).adultes)
        versables = len(self.dossiers)
        for _ in range(round(versables * PART_SUSPENDUS)):
            debut = _mois_plus(self._mois.debut, -self._alea.randrange(0, MOIS_AVANT_CLOTURE - 1))
            self._suspendre_versement(self._ouvrir(self._demande_ancienne(300)), debut)
        for _ in range(round(versables * PART_SUSPENDUS_LONGS)):
            debut = _mois_plus(self._mois.debut, -self._alea.randrange(13, 22))
            self._suspendre_droit(self._ouvrir(self._demande_ancienne(900)), debut)
        for _ in range(round(versables * PART_CLOS)):
            self._clore(self._ouvrir(self._demande_ancienne(200)), None)

    def jouer(self, mois: MoisDeJeu) -> Mouvements:
        """Faire vivre un mois ; à la fin, l'effectif est celui du plan."""
        self._mois = mois
        self._avant = dict(self.dossiers)
        self._evenements = {}
        self._tourner_la_page()
        self._calculer()
        self._faire_sortir()
        self._faire_revenir()
        self._faire_bouger()
        self._ajuster_a_l_effectif()
        self._deposer_des_demandes()
        return self._mouvements()

    def mal_formes(self, mois: MoisDeJeu) -> list[FoyerFictif]:
        """Rendre les dossiers abîmés du mois ; ils ne vivent que dans le fichier de ce mois."""
        foyers: list[FoyerFictif] = []
        defauts = list(Defaut)
        while len(foyers) < mois.nombre_mal_formes:
            demande_le = mois.debut + timedelta(days=self._alea.randrange(0, 20))
            foyer = self._population.foyer(
                alea=self._alea, ouverture=Ouverture(demande_le, mois.debut)
            )
            if foyer.fonction == "CAF" and foyer.personnes[0].nir is not None:
                defaut = defauts[(mois.rang + len(foyers)) % len(defauts)]
                foyers.append(changer(foyer, defaut=defaut))
        return foyers

    def nombre_beneficiaires(self) -> int:
        """Rendre le nombre d'adultes des dossiers versables."""
        return sum(len(f.adultes) for f in self.dossiers.values() if f.etat is Etat.VERSABLE)

    # --- les temps du mois

    def _tourner_la_page(self) -> None:
        for cle, foyer in self._avant.items():
            if foyer.etat in (Etat.CLOS, Etat.REFUSE):
                del self.dossiers[cle]
                if foyer.etat is Etat.CLOS and foyer.prenant is None:
                    self._anciens.append(foyer)
            elif foyer.etat is Etat.EN_ATTENTE:
                refus = Motif(self._alea.choice(("DSD", "FDD", "F02")), self._jour())
                self.dossiers[cle] = changer(foyer, etat=Etat.REFUSE, refus=refus)
            else:
                personnes = tuple(
                    changer(p, entre_en_droits=False) if p.entre_en_droits else p
                    for p in foyer.personnes
                )
                self.dossiers[cle] = changer(foyer, personnes=personnes, cedant=None)

    def _calculer(self) -> None:
        part = self._plan.taux["ressources_revues"]
        for cle, foyer in self.dossiers.items():
            if foyer.etat is Etat.VERSABLE:
                revu = revoir_le_trimestre(foyer, self._mois.debut)
                if revu is not foyer and self._alea.random() < part * 3:
                    revu = self._varier_les_ressources(revu)
                self.dossiers[cle] = recalculer(revu, self._mois.debut)

    def _faire_sortir(self) -> None:
        frein = self._mois.frein_des_sorties
        for foyer in self._choisir("sorties", frein):
            self._clore(foyer, None)
            self._evenements[foyer.cle] = "sortie"
        for foyer in self._choisir("mutations_sortantes"):
            self._clore(foyer, self._voisin())
            self._evenements[foyer.cle] = "mutation_sortante"
        for foyer in self._choisir("suspensions_versement", frein):
            self._suspendre_versement(foyer, self._mois.debut)
            self._evenements[foyer.cle] = "suspension"
        for foyer in self._choisir("suspensions_droit", frein):
            self._suspendre_droit(foyer, self._mois.debut)
            self._evenements[foyer.cle] = "suspension"

    def _faire_revenir(self) -> None:
        for foyer in list(self.dossiers.values()):
            suspension = foyer.suspension_versement or foyer.suspension_droit
            if suspension is None or foyer.cle in self._evenements:
                continue
            mois = _ecart(suspension.le, self._mois.debut)
            if mois >= 12:
                continue
            if self._alea.random() < self._plan.taux["reprises"]:
                self._reprendre(foyer, "reprise")
            elif mois >= MOIS_AVANT_CLOTURE:
                self._clore(foyer, None)
                self._evenements[foyer.cle] = "sortie"
        longs = [f for f in self.dossiers.values() if self._est_suspendu_depuis_un_an(f)]
        for foyer in self._piocher(longs, self._nombre("retours_apres_un_an")):
            self._reprendre(foyer, Categorie.RETOUR)
        for ancien in self._piocher(self._anciens, self._nombre("retours")):
            self._anciens.remove(ancien)
            self._rouvrir(ancien)

    def _faire_bouger(self) -> None:
        for foyer in self._choisir("rejoignent", filtre=lambda f: len(f.adultes) == 1):
            self._unir(foyer)
        for foyer in self._choisir("deviennent_soumis", filtre=_a_un_non_soumis):
            self._changer_l_activite(foyer, Decimal(self._alea.randrange(100, 430)))
        for foyer in self._choisir("cessent_d_etre_soumis", filtre=_peut_gagner_plus):
            self._changer_l_activite(foyer, Decimal(self._alea.randrange(510, 550)))
        for foyer in self._choisir("demenagements"):
            adresse = self._population.adresse(alea=self._alea, le=self._jour())
            self._poser(changer(foyer, adresse=adresse, est_sans_domicile=False), "demenagement")
        for foyer in self._choisir("naissances", filtre=_peut_accueillir):
            parent = foyer.personnes[0]
            enfant = self._population.enfant(alea=self._alea, parent=parent, naissance=self._jour())
            adultes = tuple(changer(p, grossesse_debut=None) for p in foyer.adultes)
            foyer = changer(foyer, personnes=(*adultes, *foyer.enfants, enfant))
            self._poser(foyer, "naissance")
        for _ in range(self._nombre("mutations_entrantes")):
            foyer = self._ouvrir(self._demande_ancienne(30))
            self._poser(changer(foyer, cedant=self._voisin()), Categorie.MUTATION)

    def _ajuster_a_l_effectif(self) -> None:
        ecart = self._mois.beneficiaires - self.nombre_beneficiaires()
        while ecart > 0:
            demande_le = self._mois.debut + timedelta(days=self._alea.randrange(-35, 20))
            foyer = self._ouvrir(demande_le, est_isole=ecart == 1)
            ecart -= len(foyer.adultes)
            self._evenements[foyer.cle] = Categorie.PRIMO_ARRIVANT
        if ecart < 0:
            seuls = [f for f in self._libres() if len(f.adultes) == 1]
            for foyer in self._piocher(seuls, -ecart):
                self._clore(foyer, None)
                self._evenements[foyer.cle] = "sortie"

    def _deposer_des_demandes(self) -> None:
        for _ in range(self._nombre("demandes_refusees")):
            foyer = self._ouvrir(self._jour())
            self._retirer_le_droit(foyer, Etat.EN_ATTENTE)

    def _mouvements(self) -> Mouvements:
        entrants: dict[Categorie, list[str]] = {categorie: [] for categorie in Categorie}
        for cle, foyer in self.dossiers.items():
            if foyer.etat is Etat.VERSABLE:
                self._classer(cle, foyer, entrants)
        nombres = Counter(str(e) for e in self._evenements.values())
        return Mouvements(entrants, nombres)

    def _classer(self, cle: str, foyer: FoyerFictif, entrants: dict[Categorie, list[str]]) -> None:
        avant = self._avant.get(cle)
        connus = {cle_personne(p): p.est_soumise for p in avant.personnes} if avant else {}
        evenement = self._evenements.get(cle)
        for rang, personne in enumerate(foyer.personnes):
            cle_p = cle_personne(personne)
            est_retour = evenement is Categorie.RETOUR
            if not personne.est_soumise or (connus.get(cle_p) and not est_retour):
                continue
            categorie: Categorie
            if isinstance(evenement, Categorie) and evenement is not Categorie.REJOINT_UN_FOYER:
                categorie = evenement
            elif cle_p not in connus:
                categorie = Categorie.REJOINT_UN_FOYER
            else:
                categorie = Categorie.DEVIENT_SOUMIS
            entrants[categorie].append(cle_p)
            if categorie is not Categorie.MUTATION:
                personnes = list(self.dossiers[cle].personnes)
                personnes[rang] = changer(personne, entre_en_droits=True)
                self.dossiers[cle] = changer(self.dossiers[cle], personnes=tuple(personnes))

    # --- les gestes

    def _ouvrir(self, demande_le: date, *, est_isole: bool = False) -> FoyerFictif:
        ouverture = Ouverture(demande_le, self._mois.debut, est_isole)
        foyer = self._population.foyer(alea=self._alea, ouverture=ouverture)
        self.dossiers[foyer.cle] = foyer
        return foyer

    def _poser(self, foyer: FoyerFictif, evenement: Categorie | str) -> None:
        self.dossiers[foyer.cle] = recalculer(foyer, self._mois.debut)
        self._evenements[foyer.cle] = evenement

    def _retirer_le_droit(self, foyer: FoyerFictif, etat: Etat) -> FoyerFictif:
        foyer = changer(
            foyer, etat=etat, droit=None, suspension_droit=None, suspension_versement=None
        )
        self.dossiers[foyer.cle] = foyer
        return foyer

    def _clore(self, foyer: FoyerFictif, prenant: Mutation | None) -> None:
        code = "MUT" if prenant else self._tirer_un_motif(MOTIFS_FIN)
        clos = self._retirer_le_droit(foyer, Etat.CLOS)
        fin = Motif(code, self._mois.debut)
        self.dossiers[foyer.cle] = changer(clos, fin_droit=fin, prenant=prenant)

    def _suspendre_versement(self, foyer: FoyerFictif, le: date) -> None:
        suspendu = self._retirer_le_droit(foyer, Etat.VERSEMENT_SUSPENDU)
        motif = Motif(self._tirer_un_motif(MOTIFS_VERSEMENT), le)
        self.dossiers[foyer.cle] = changer(suspendu, suspension_versement=motif)

    def _suspendre_droit(self, foyer: FoyerFictif, le: date) -> None:
        suspendu = self._retirer_le_droit(foyer, Etat.DROIT_SUSPENDU)
        motif = Motif(self._alea.choice(MOTIFS_DROIT), le)
        self.dossiers[foyer.cle] = changer(suspendu, suspension_droit=motif)

    def _reprendre(self, foyer: FoyerFictif, evenement: Categorie | str) -> None:
        foyer = changer(foyer, etat=Etat.VERSABLE, suspension_droit=None, suspension_versement=None)
        self._poser(revoir_le_trimestre(foyer, self._mois.debut), evenement)

    def _rouvrir(self, ancien: FoyerFictif) -> None:
        foyer = changer(
            ancien,
            etat=Etat.VERSABLE,
            fin_droit=None,
            numero_demande=self._population.numero_de_demande(),
            numero_precedent=ancien.numero_demande,
            demande_le=self._jour(),
        )
        self._poser(revoir_le_trimestre(foyer, self._mois.debut), Categorie.RETOUR)

    def _unir(self, foyer: FoyerFictif) -> None:
        jour = self._jour()
        conjoint = self._population.conjoint(alea=self._alea, demandeur=foyer.personnes[0], le=jour)
        conjoint = doter_adulte(
            self._alea, conjoint, composition(), self._mois.debut, foyer.fonction == "MSA"
        )
        personnes = (foyer.personnes[0], conjoint, *foyer.personnes[1:])
        uni = changer(foyer, personnes=personnes, situation_famille="VIM")
        self._poser(changer(uni, situation_depuis_le=jour), Categorie.REJOINT_UN_FOYER)

    def _changer_l_activite(self, foyer: FoyerFictif, montant: Decimal) -> None:
        """Donner un salaire à la personne qui change de situation, et rien d'autre au foyer."""
        cible = next((p for p in foyer.adultes if not p.est_soumise), foyer.adultes[-1])
        personnes = tuple(
            changer(p, ressources=(Ressource("001", montant),) if p is cible else ())
            for p in foyer.personnes
        )
        self._poser(changer(foyer, personnes=personnes), "activite")

    def _varier_les_ressources(self, foyer: FoyerFictif) -> FoyerFictif:
        part = Decimal(self._alea.randrange(85, 116)) / 100
        personnes = tuple(
            changer(p, ressources=tuple(_varier(ligne, part) for ligne in p.ressources))
            if p.ressources
            else p
            for p in foyer.personnes
        )
        return changer(foyer, personnes=personnes)

    # --- les tirages

    def _libres(self) -> list[FoyerFictif]:
        return [
            foyer
            for foyer in self.dossiers.values()
            if foyer.etat is Etat.VERSABLE and foyer.cle not in self._evenements
        ]

    def _choisir(
        self,
        taux: str,
        frein: float = 1.0,
        filtre: Callable[[FoyerFictif], bool] = lambda foyer: True,
    ) -> list[FoyerFictif]:
        libres = [foyer for foyer in self._libres() if filtre(foyer)]
        return self._piocher(libres, self._nombre(taux, frein))

    def _nombre(self, taux: str, frein: float = 1.0) -> int:
        attendu = self._plan.taux[taux] * frein * len(self.dossiers)
        return int(attendu) + (self._alea.random() < attendu % 1)

    def _piocher(self, foyers: list[FoyerFictif], nombre: int) -> list[FoyerFictif]:
        return self._alea.sample(foyers, min(nombre, len(foyers)))

    def _tirer_un_motif(self, motifs: tuple[tuple[str, int], ...]) -> str:
        codes = [code for code, _ in motifs]
        return self._alea.choices(codes, weights=[poids for _, poids in motifs])[0]

    def _jour(self) -> date:
        return self._mois.debut + timedelta(days=self._alea.randrange(0, 25))

    def _demande_ancienne(self, au_moins_jours: int = 20) -> date:
        jours = au_moins_jours + int(self._alea.expovariate(1 / 1100))
        return self._mois.debut - timedelta(days=min(jours, 3600))

    def _voisin(self) -> Mutation:
        fonction, numero = self._alea.choice(self._plan.organismes.voisins)
        return Mutation(fonction, numero, self._jour(), self._alea.randrange(10**7))

    def _est_suspendu_depuis_un_an(self, foyer: FoyerFictif) -> bool:
        suspension = foyer.suspension_droit
        return suspension is not None and _ecart(suspension.le, self._mois.debut) > 12


def _varier(ressource: Ressource, part: Decimal) -> Ressource:
    return Ressource(ressource.nature, (ressource.montant * part).quantize(Decimal("0.01")))


def _a_un_non_soumis(foyer: FoyerFictif) -> bool:
    return any(not adulte.est_soumise for adulte in foyer.adultes)


def _peut_gagner_plus(foyer: FoyerFictif) -> bool:
    droit = foyer.droit
    plafond = droit.montant_minimum_garanti - droit.montant_forfait_logement if droit else ZERO
    return not _a_un_non_soumis(foyer) and plafond > RESSOURCES_NON_SOUMISE + 20


def _peut_accueillir(foyer: FoyerFictif) -> bool:
    femmes = [adulte for adulte in foyer.adultes if adulte.sexe == "2"]
    return any(femme.naissance.year > foyer.trimestre_debut.year - 40 for femme in femmes)


def _mois_plus(premier: date, decalage: int) -> date:
    annee, mois = divmod(premier.year * 12 + premier.month - 1 + decalage, 12)
    return date(annee, mois + 1, 1)


def _ecart(debut: date, fin: date) -> int:
    return (fin.year - debut.year) * 12 + fin.month - debut.month
