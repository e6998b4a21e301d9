"""Le formulaire d'un avenant : ce qui change, ligne par ligne, sans JavaScript.

Un champ vide ne change rien : on ne ressaisit jamais ce que la convention dit déjà.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.forms.boundfield import BoundField

from draille.mesures.convention import regles
from draille.mesures.convention.forms_vie import (
    Donnees,
    champ_annee,
    champ_choix,
    champ_jour,
    champ_nombre,
    champ_texte,
    choix_de,
)
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.regles.avenant import (
    SaisieAvenant,
    SaisieCible,
    SaisieDeliberation,
    SaisieEcheance,
    SaisieLigne,
    code_de,
)
from draille.mesures.convention.regles.suivi import EcheanceLue, NatureEcheance, Organe

NOUVELLES_LIGNES = 3
AUCUNE = [("", "Aucune")]
_PAS_DIT = [("", "Choisir")]
_CIBLE = ("libelle", "genre", "valeur", "valeur_max", "unite", "annee_base", "echeance_annee")


@dataclass(frozen=True)
class LigneConnue:
    """Une ligne de la convention, et ce que l'avenant peut y changer."""

    ligne: regles.Ligne
    montant: BoundField
    retirer: BoundField


class Avenant(forms.Form):
    """Ce qu'un agent saisit d'un avenant signé."""

    signe_le = champ_jour("Signé le")
    annee = champ_annee("Année qu'il fixe", required=False, help_text="Vide : non dite.")
    reconduire = forms.BooleanField(
        label="Une autre année : reprendre les lignes et les montants qui ne changent pas",
        required=False,
    )
    phrase = champ_texte(
        "Ce que dit l'avenant", 2000, lignes=3, help_text="Recopiez la phrase qui compte."
    )
    signataires = champ_texte(
        "Signataires",
        600,
        lignes=3,
        required=False,
        help_text="Un par ligne : Préfet de la Haute-Loire : Jeanne Martin.",
    )
    organe = champ_choix("Qui a délibéré", choix_de(Organe))
    reference = champ_texte("Référence de la délibération", 80)
    tenue_le = champ_jour("Délibérée le")
    autre_nom = champ_texte("Un financeur de plus", 160, required=False)
    autre_montant = champ_nombre("Ce qu'il engage, en euros", required=False)
    echeance_nature = champ_choix(
        "Ce qui est dû", [*AUCUNE, *choix_de(NatureEcheance)], required=False
    )
    echeance_annee = champ_annee("Année concernée", required=False)
    echeance_libelle = champ_texte("Libellé", required=False)
    echeance_avant_le = champ_jour("Dernier jour à temps", required=False)

    def __init__(
        self,
        donnees: Donnees = None,
        *,
        page: PageConvention,
        financeurs: Sequence[regles.Financeur],
        echeances: Sequence[EcheanceLue],
    ) -> None:
        """`page` : la convention lue ce jour ; `echeances` : celles qui courent encore."""
        super().__init__(donnees)
        self.page, self.financeurs, self.echeances = page, financeurs, echeances
        contenu = page.lecture.texte_du_contenu
        self.initial["annee"] = contenu.annee if contenu else None
        for financeur in financeurs:
            self.fields[f"financement-{financeur.code}"] = champ_nombre(
                f"{financeur.nom} : nouveau total, en euros", required=False
            )
        for ligne in page.lecture.lignes:
            self._ajouter_ligne_connue(ligne)
        for rang in range(NOUVELLES_LIGNES):
            self._ajouter_nouvelle(f"nouvelle-{rang}")
        self._ajouter_cible("cible", "Cible ajoutée à une ligne")
        self.fields["cible-ligne"] = champ_choix(
            "Ligne", [*AUCUNE, *((x.code, x.libelle) for x in page.lecture.lignes)], required=False
        )
        for echeance in echeances:
            self.fields[f"echeance-{echeance.id}"] = champ_jour(
                f"{echeance.libelle} : nouvelle date", required=False
            )

    def _ajouter_ligne_connue(self, ligne: regles.Ligne) -> None:
        self.fields[f"ligne-{ligne.code}-montant"] = champ_nombre(
            f"{ligne.libelle} : nouveau montant, en euros", required=False
        )
        self.fields[f"ligne-{ligne.code}-retirer"] = forms.BooleanField(
            label=f"Retirer : {ligne.libelle}", required=False
        )

    def _ajouter_nouvelle(self, nom: str) -> None:
        self.fields[f"{nom}-libelle"] = champ_texte("Libellé de la ligne", required=False)
        self.fields[f"{nom}-nature"] = champ_choix(
            "Nature", [*_PAS_DIT, *choix_de(regles.Nature)], required=False
        )
        self.fields[f"{nom}-montant"] = champ_nombre(
            "Montant, en euros", required=False, help_text="Vide : non publié."
        )
        self.fields[f"{nom}-mesure"] = champ_choix(
            "Mesure qui l'exécute", [*AUCUNE, *_mesures()], required=False
        )
        for financeur in self.financeurs:
            self.fields[f"{nom}-part-{financeur.code}"] = champ_nombre(
                f"Part : {financeur.nom}", required=False
            )
        self._ajouter_cible(f"{nom}-cible", "Ce qu'elle promet")

    def _ajouter_cible(self, nom: str, libelle: str) -> None:
        self.fields[f"{nom}-libelle"] = champ_texte(libelle, required=False)
        self.fields[f"{nom}-genre"] = champ_choix(
            "Sorte de cible", [*_PAS_DIT, *choix_de(regles.GenreCible)], required=False
        )
        self.fields[f"{nom}-valeur"] = champ_nombre("Valeur", decimales=4, required=False)
        self.fields[f"{nom}-valeur_max"] = champ_nombre("Borne haute", decimales=4, required=False)
        self.fields[f"{nom}-unite"] = champ_texte("Unité", 40, required=False)
        self.fields[f"{nom}-annee_base"] = champ_annee("Année de base", required=False)
        self.fields[f"{nom}-echeance_annee"] = champ_annee("À atteindre en", required=False)

    def clean(self) -> dict[str, Any]:
        """Ce qui est commencé s'achève : une ligne, une cible, une échéance, un financeur."""
        lu: dict[str, Any] = super().clean() or {}
        for rang in range(NOUVELLES_LIGNES):
            nom = f"nouvelle-{rang}"
            self._exiger_ensemble(lu, nom, ("libelle", "nature"), self._dits(nom))
            self._exiger_cible(lu, f"{nom}-cible")
        self._exiger_cible(lu, "cible")
        if lu.get("cible-libelle") and not lu.get("cible-ligne"):
            self.add_error("cible-ligne", "Dites la ligne de cette cible.")
        if bool(lu.get("autre_nom")) != (lu.get("autre_montant") is not None):
            self.add_error("autre_nom", "Dites le nom du financeur et ce qu'il engage.")
        parties = ("nature", "annee", "libelle", "avant_le")
        if any(lu.get(f"echeance_{p}") for p in parties):
            for partie in parties:
                if not lu.get(f"echeance_{partie}"):
                    self.add_error(f"echeance_{partie}", "Complétez cette échéance.")
        return lu

    def _dits(self, nom: str) -> bool:
        debut = f"{nom}-"
        return any(v not in ("", None) for n, v in self.cleaned_data.items() if n.startswith(debut))

    def _exiger_ensemble(
        self, lu: dict[str, Any], nom: str, parties: tuple[str, ...], commence: bool
    ) -> None:
        for partie in parties:
            if commence and not lu.get(f"{nom}-{partie}"):
                self.add_error(f"{nom}-{partie}", "Complétez cette ligne, ou videz-la.")

    def _exiger_cible(self, lu: dict[str, Any], nom: str) -> None:
        dites = any(lu.get(f"{nom}-{p}") not in ("", None) for p in _CIBLE)
        for partie in ("libelle", "genre", "unite"):
            if dites and not lu.get(f"{nom}-{partie}"):
                self.add_error(f"{nom}-{partie}", "Complétez cette cible, ou videz-la.")

    # --- pour la page ------------------------------------------------------------------------

    def lignes_connues(self) -> Iterator[LigneConnue]:
        """Chaque ligne de la convention et ses deux saisies."""
        for ligne in self.page.lecture.lignes:
            debut = f"ligne-{ligne.code}"
            yield LigneConnue(ligne, self[f"{debut}-montant"], self[f"{debut}-retirer"])

    def nouvelles(self) -> Iterator[dict[str, Any]]:
        """Chaque ligne à ajouter : ses champs, ceux de sa cible, et si elle est ouverte."""
        for rang in range(NOUVELLES_LIGNES):
            nom = f"nouvelle-{rang}"
            noms = [n for n in self.fields if n.startswith(f"{nom}-")]
            yield {
                "rang": rang + 1,
                "champs": [self[n] for n in noms if "-cible-" not in n],
                "cible": [self[n] for n in noms if "-cible-" in n],
                "ouverte": rang == 0 or any(self.data.get(n) for n in noms),
            }

    def cible_ajoutee(self) -> list[BoundField]:
        """Les champs d'une cible ajoutée à une ligne qui existe."""
        return [self["cible-ligne"], *(self[f"cible-{p}"] for p in _CIBLE)]

    def financements(self) -> list[BoundField]:
        """Un champ par financeur."""
        return [self[f"financement-{f.code}"] for f in self.financeurs]

    def dates(self) -> list[tuple[EcheanceLue, BoundField]]:
        """Les échéances qui courent, et leur nouvelle date."""
        return [(e, self[f"echeance-{e.id}"]) for e in self.echeances]

    def saisis(self) -> list[tuple[str, str]]:
        """Ce qui a été posté, pour le reposter tel quel après relecture."""
        return [(n, str(self.data[n])) for n in self.fields if self.data.get(n)]

    # --- pour l'acte -------------------------------------------------------------------------

    @property
    def saisie(self) -> SaisieAvenant:
        """Ce que l'acte attend ; le formulaire est valide."""
        lu = self.cleaned_data
        autres = self._autres()
        dits = [(f.code, lu[f"financement-{f.code}"]) for f in self.financeurs]
        dits += [(f.code, lu["autre_montant"]) for f in autres]
        return SaisieAvenant(
            signe_le=lu["signe_le"],
            annee=lu["annee"],
            deliberation=SaisieDeliberation(Organe(lu["organe"]), lu["reference"], lu["tenue_le"]),
            phrase=lu["phrase"],
            lignes=(*self._changees(), *self._ajoutees()),
            financements=tuple((c, m) for c, m in dits if m is not None),
            nouveaux_financeurs=autres,
            retirees=tuple(
                x.code for x in self.page.lecture.lignes if lu[f"ligne-{x.code}-retirer"]
            ),
            echeances=tuple(self._echeances()),
            signataires=tuple(_signataires(lu["signataires"])),
            reconduire=lu["reconduire"],
        )

    def _autres(self) -> tuple[regles.Financeur, ...]:
        nom = self.cleaned_data["autre_nom"]
        if not nom:
            return ()
        code = code_de(nom, pris=frozenset(f.code for f in self.financeurs))
        return (regles.Financeur(code, nom, regles.Cote.AUTRE),)

    def _changees(self) -> Iterator[SaisieLigne]:
        lu = self.cleaned_data
        for ligne in self.page.lecture.lignes:
            montant = lu[f"ligne-{ligne.code}-montant"]
            cible = self._cible("cible") if lu["cible-ligne"] == ligne.code else None
            if montant is not None or cible is not None:
                cibles = None if cible is None else (cible,)
                yield SaisieLigne(code=ligne.code, montant=montant, cibles=cibles)

    def _ajoutees(self) -> Iterator[SaisieLigne]:
        lu = self.cleaned_data
        for rang in range(NOUVELLES_LIGNES):
            nom = f"nouvelle-{rang}"
            if not lu[f"{nom}-libelle"]:
                continue
            parts = [(f.code, lu[f"{nom}-part-{f.code}"]) for f in self.financeurs]
            cible = self._cible(f"{nom}-cible")
            mesure = lu[f"{nom}-mesure"]
            yield SaisieLigne(
                libelle=lu[f"{nom}-libelle"],
                nature=regles.Nature(lu[f"{nom}-nature"]),
                montant=lu[f"{nom}-montant"],
                mesures=(mesure,) if mesure else (),
                repartition=tuple((c, m) for c, m in parts if m is not None),
                cibles=None if cible is None else (cible,),
            )

    def _cible(self, nom: str) -> SaisieCible | None:
        lu = {p: self.cleaned_data[f"{nom}-{p}"] for p in _CIBLE}
        if not lu["libelle"]:
            return None
        return SaisieCible(**{**lu, "genre": regles.GenreCible(lu["genre"])})

    def _echeances(self) -> Iterator[SaisieEcheance]:
        lu = self.cleaned_data
        for e in self.echeances:
            jour = lu[f"echeance-{e.id}"]
            if jour:
                yield SaisieEcheance(e.nature, e.annee, e.libelle, jour, remplace_id=e.id)
        if lu["echeance_libelle"]:
            yield SaisieEcheance(
                NatureEcheance(lu["echeance_nature"]),
                lu["echeance_annee"],
                lu["echeance_libelle"],
                lu["echeance_avant_le"],
            )


def _mesures() -> list[tuple[str, str]]:
    """Les mesures installées, qui peuvent exécuter une ligne."""
    debut = "draille.mesures."
    trouvees = [c for c in apps.get_app_configs() if c.name.startswith(debut)]
    return sorted((c.name.removeprefix(debut), str(c.verbose_name)) for c in trouvees)


def _signataires(dits: str) -> Iterator[regles.Signataire]:
    for ligne in dits.splitlines():
        fonction, _, nom = ligne.partition(" : ")
        if fonction.strip():
            yield regles.Signataire(fonction.strip(), nom.strip() or None)
