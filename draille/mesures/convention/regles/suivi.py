"""Les mots de ce qui vit entre deux textes : organes, échéances, étapes de l'argent, rapports."""

from draille.mesures.convention.regles.modele import Libellee


class Organe(Libellee):
    """Qui délibère (CGCT, articles L3211-1 et L3211-2)."""

    ASSEMBLEE = "assemblee", "Assemblée départementale"
    COMMISSION_PERMANENTE = "commission_permanente", "Commission permanente"


class NatureEcheance(Libellee):
    """Ce que la convention doit elle-même."""

    RAPPORT = "rapport", "Rapport d'exécution"
    DELIBERATION = "deliberation", "Délibération sur le rapport"
    ENVOI = "envoi", "Envoi au préfet"
    EXECUTION = "execution", "Fin d'exécution des actions"


class Provenance(Libellee):
    """D'où vient une valeur d'indicateur."""

    DRAILLE = "draille", "Calculée des actes"
    INTERNE = "interne", "Relevé du Département"
    SNDS = "snds", "Assurance Maladie (SNDS)"
    PARTENAIRE = "partenaire", "Relevé d'un partenaire"


class Etape(Libellee):
    """Les quatre temps de l'argent. `PREVUE` vient des textes, les autres des comptes publics."""

    PREVUE = "prevue", "Prévu"
    ENGAGEE = "engagee", "Engagé"
    EXECUTEE = "executee", "Exécuté"
    RECUE = "recue", "Reçu"


class SortLigne(Libellee):
    """Ce que devient une ligne d'un fichier des finances : une seule de ces quatre issues."""

    IMPORTEE = "importee", "Importée"
    CONNUE = "connue", "Déjà connue"
    A_REVOIR = "a_revoir", "À revoir"
    REJETEE = "rejetee", "Rejetée"


class StatutRapport(Libellee):
    """Où en est un rapport : un brouillon se relit, un rapport validé ne change plus."""

    BROUILLON = "brouillon", "Brouillon"
    A_VALIDER = "a_valider", "À valider"
    VALIDE = "valide", "Validé"
    ECARTE = "ecarte", "Écarté"
