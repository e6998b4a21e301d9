"""Les mots des doublons : ceux des charges du journal, et deux fiches mises côte à côte."""

from collections.abc import Iterable
from dataclasses import dataclass

from draille.moteurs.rapprochement.adaptateur_revue import Activite
from draille.moteurs.rapprochement.calcul.types import Fiche
from draille.noyau.personne.models import Personne
from draille.portail.templatetags.portail import naissance
from draille.socle.texte import date_moyenne, normaliser, pluriel

MOTS = {
    "dossier": "ce dossier",
    "garde": "continue l'autre",
    "absorbe": "est continué par l'autre",
    "lignes": "lignes déplacées",
}
_INCONNU = ""


@dataclass(frozen=True, slots=True)
class Rang:
    """Un renseignement des deux fiches. `accord` : pareil, different, seul (d'un côté), vide."""

    libelle: str
    premiere: str
    seconde: str

    @property
    def accord(self) -> str:
        """Ce que l'œil doit voir d'abord."""
        if not self.premiere and not self.seconde:
            return "vide"
        if not self.premiere or not self.seconde:
            return "seul"
        return "pareil" if normaliser(self.premiere) == normaliser(self.seconde) else "different"


def comparer(premiere: Personne, seconde: Personne, fiches: Iterable[Fiche]) -> list[Rang]:
    """Les deux fiches, renseignement par renseignement ; le NIR ne s'y montre jamais."""
    matricules = {f.id: ", ".join(sorted(f.matricules)) for f in fiches}

    def rang(libelle: str, champ: str) -> Rang:
        return Rang(libelle, getattr(premiere, champ), getattr(seconde, champ))

    return [
        rang("Nom de naissance", "nom_naissance"),
        rang("Nom d'usage", "nom_usage"),
        rang("Prénom", "prenom"),
        rang("Autres prénoms", "prenoms_autres"),
        Rang("Naissance", _naissance(premiere), _naissance(seconde)),
        Rang("Sexe", _sexe(premiere), _sexe(seconde)),
        Rang("Commune", _commune(premiere), _commune(seconde)),
        rang("Téléphone", "telephone"),
        rang("Courriel", "courriel"),
        Rang("Matricule", matricules.get(premiere.pk, ""), matricules.get(seconde.pk, "")),
    ]


def nir_en_mots(premiere: Personne, seconde: Personne) -> str:
    """Ce que les numéros de sécurité sociale disent, sans les montrer."""
    connus = [p for p in (premiere, seconde) if p.nir_empreinte]
    if not connus:
        return "inconnu des deux dossiers"
    if len(connus) == 1:
        return f"connu du dossier {'A' if connus[0].pk == premiere.pk else 'B'} seulement"
    return "différent d'un dossier à l'autre"


def activite_en_mots(activite: Activite | None) -> str:
    """Ce que porte un dossier : « 12 actes, le dernier le 3 juin 2020 »."""
    if activite is None:
        return "aucun acte que vos habilitations ouvrent"
    dit = pluriel(activite.actes, "acte")
    return f"{dit}, le dernier le {date_moyenne(activite.dernier_le)}"


def _naissance(personne: Personne) -> str:
    # Sans « né » ou « née », qui ne dit que le sexe.
    return naissance(personne).partition(" ")[2]


def _sexe(personne: Personne) -> str:
    return str(personne.get_sexe_display()) if personne.sexe else _INCONNU


def _commune(personne: Personne) -> str:
    return personne.commune.nom if personne.commune else _INCONNU
