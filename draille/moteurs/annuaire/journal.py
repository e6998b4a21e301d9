"""Ce que le journal garde de l'annuaire : rien de personnel. `objet_id` : le point, ou l'import."""

from dataclasses import dataclass

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class InscrirePoint:
    """Charge : ce qu'est le lieu, et d'où vient sa fiche."""

    genre: str
    forme: str
    source: str
    est_premier_accueil: bool


@dataclass(frozen=True)
class ModifierPoint:
    """Charge : les champs changés."""

    champs: list[str]


@dataclass(frozen=True)
class FermerPoint:
    """Charge : le genre du lieu qui ferme ; la date de la ligne est sa fin."""

    genre: str


@dataclass(frozen=True)
class FixerHoraires:
    """Charge : combien d'ouvertures de semaine, combien d'exceptions datées."""

    semaine: int
    exceptions: int


@dataclass(frozen=True)
class ConfirmerPoint:
    """Charge : par quel moyen, et les champs corrigés à cette occasion."""

    moyen: str
    champs_corriges: list[str]


@dataclass(frozen=True)
class ImporterAnnuaire:
    """Charge : la source et les comptes. Reçues = importées + rejointes + à revoir + rejetées."""

    source: str
    recues: int
    importees: int
    rejointes: int
    a_revoir: int
    rejetees: int


@dataclass(frozen=True)
class DeciderLigne:
    """Charge : l'import, la ligne, ce qui en a été fait, le point retenu s'il y en a un."""

    import_id: int
    rang: int
    decision: str
    point_id: int | None


ACTES: tuple[ActeDeclare, ...] = (
    ActeDeclare("annuaire.inscrire_point", 1, "Lieu inscrit à l'annuaire", InscrirePoint),
    ActeDeclare("annuaire.modifier_point", 1, "Fiche d'un lieu modifiée", ModifierPoint),
    ActeDeclare("annuaire.fermer_point", 1, "Lieu fermé", FermerPoint),
    ActeDeclare("annuaire.fixer_horaires", 1, "Horaires d'un lieu fixés", FixerHoraires),
    ActeDeclare("annuaire.confirmer", 1, "Fiche d'un lieu confirmée", ConfirmerPoint),
    ActeDeclare("annuaire.importer", 1, "Fichier de lieux intégré", ImporterAnnuaire),
    ActeDeclare("annuaire.decider_ligne", 1, "Ligne de lieu décidée", DeciderLigne),
)
