"""Les délais que les mesures déclarent : ouverts par un acte, fermés par un autre."""

from dataclasses import dataclass

from draille.moteurs.delais.calcul import Effet


@dataclass(frozen=True, slots=True, kw_only=True)
class Delai:
    """Une horloge, dont la limite vient d'un paramètre ou de la charge de l'acte qui ouvre.

    `parametre` : le paramètre daté qui donne sa durée et sa référence à la date d'ouverture (aucune
    valeur à cette date : l'horloge ne s'ouvre pas) ; son unité est celle du paramètre (jours,
    semaines, mois, jours_ouvres). `limite_charge` : le champ date de la charge qui dit la limite
    même (nul : l'horloge ne s'ouvre pas) ; elle ne se suspend pas, et peut n'être à personne : ce
    que le Département doit lui-même. Lève ValueError si les deux sont dits, ou aucun.

    `ouvert_par`, `ferme_par` : codes d'actes ; `abandonne_par` : codes qui la ferment sans suite
    (sortie du droit) ; `retabli_par` : codes qui annulent un abandon (sortie rectifiée).
    `suspendu_par`, `repris_par` : codes entre lesquels l'horloge s'arrête, avec l'effet `effet`.
    Tous se rejoignent par `objet_id` ; l'acte qui ferme est écrit après celui qui ouvre, et le
    premier par sa date compte.
    """

    code: str
    libelle: str
    ouvert_par: tuple[str, ...]
    ferme_par: tuple[str, ...]
    parametre: str = ""
    limite_charge: str = ""
    abandonne_par: tuple[str, ...] = ()
    retabli_par: tuple[str, ...] = ()
    suspendu_par: tuple[str, ...] = ()
    repris_par: tuple[str, ...] = ()
    effet: Effet = "suspend"
    report_ouvrable: bool = False

    def __post_init__(self) -> None:
        """Refuse une horloge sans limite, à deux limites, ou à date fixe que l'on suspendrait."""
        if bool(self.parametre) == bool(self.limite_charge):
            raise ValueError(f"{self.code} : dites parametre, ou limite_charge")
        if self.limite_charge and (self.suspendu_par or self.report_ouvrable):
            raise ValueError(f"{self.code} : une limite à date fixe ne se suspend ni ne se reporte")

    @property
    def codes(self) -> tuple[str, ...]:
        """Tous les codes d'actes dont cette horloge dépend, sans doublon."""
        tous = (
            *self.ouvert_par,
            *self.ferme_par,
            *self.abandonne_par,
            *self.retabli_par,
            *self.suspendu_par,
            *self.repris_par,
        )
        return tuple(dict.fromkeys(tous))


_delais: dict[str, Delai] = {}


def declarer(delai: Delai) -> None:
    """Inscrit un délai. Lève ValueError si son code est pris."""
    if delai.code in _delais:
        raise ValueError(f"délai déclaré deux fois : {delai.code}")
    _delais[delai.code] = delai


def delais() -> list[Delai]:
    """Tous les délais, par code."""
    return [_delais[c] for c in sorted(_delais)]


def delai(code: str) -> Delai:
    """Le délai de ce code. Lève KeyError s'il n'est pas déclaré."""
    return _delais[code]
