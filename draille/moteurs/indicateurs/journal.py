"""Ce que le journal garde d'un export : ce qui est sorti, combien, et l'empreinte du fichier."""

from dataclasses import dataclass

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class Exporter:
    """Charge : « actes » ou « agregats », le nombre de lignes, le SHA-256 du fichier écrit."""

    contenu: str
    lignes: int
    empreinte: str


ACTES = (ActeDeclare("indicateurs.exporter", 1, "Export pour la consolidation", Exporter),)
