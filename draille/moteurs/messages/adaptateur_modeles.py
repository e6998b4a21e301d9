"""Les modèles en vigueur : la dernière version du Département, sinon celle d'origine (0)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max

from draille.moteurs.messages.calcul import Definition, Faute, Texte, controler
from draille.moteurs.messages.calcul.textes import normaliser
from draille.moteurs.messages.journal import ModifierModele
from draille.moteurs.messages.models import Canal, ModeleMessage
from draille.moteurs.messages.registre import definition, definitions
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

ROLES_MODELES = (Role.CADRE, Role.ADMINISTRATEUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modele:
    """Un modèle à une version. `du` nul : la version d'origine, en vigueur depuis toujours."""

    definition: Definition
    canal: str
    version: int
    texte: Texte
    du: date | None = None
    agent_id: int | None = None

    @property
    def porte_mention(self) -> bool:
        """Vrai si le modèle laisse sa place à la mention légale."""
        fautes = controler(definition=self.definition, texte=self.texte, canal=self.canal)
        return self.definition.est_algorithmique and self.canal != Canal.SMS and not fautes


class ModeleRefuse(Refus):
    """Un modèle que l'on ne peut pas garder ; `fautes` dit où et pourquoi."""

    def __init__(self, fautes: tuple[Faute, ...], *, code: str, base_legale: str = "") -> None:
        """Le message rassemble les phrases des fautes."""
        message = " ".join(dict.fromkeys(f.phrase for f in fautes))
        super().__init__(code=code, message=message, base_legale=base_legale)
        self.fautes = fautes


def d_origine(*, code: str, canal: str) -> Modele | None:
    """Le modèle livré avec le produit ; nul s'il n'existe pas par ce canal."""
    lue = definition(code)
    texte = lue.textes.get(canal)
    return Modele(definition=lue, canal=canal, version=0, texte=texte) if texte else None


def en_vigueur(*, codes: Iterable[str], le: date) -> dict[tuple[str, str], Modele]:
    """Les modèles en vigueur ce jour-là, par code et canal. Une requête.

    Lève `Refus('messages.modele_inconnu')`.
    """
    voulus = tuple(dict.fromkeys(codes))
    trouves = {
        (code, canal): modele
        for code in voulus
        for canal in definition(code).textes
        if (modele := d_origine(code=code, canal=canal))
    }
    ecrits = ModeleMessage.objects.filter(code__in=voulus, du__lte=le).order_by("version")
    for ecrit in ecrits:
        trouves[(ecrit.code, ecrit.canal)] = _lu(ecrit)
    return trouves


def tous(*, le: date) -> list[Modele]:
    """Tous les modèles en vigueur, par libellé puis canal. Une requête."""
    lus = en_vigueur(codes=definitions(), le=le).values()
    rangs = list(Canal.values)
    return sorted(lus, key=lambda m: (m.definition.libelle, rangs.index(m.canal)))


def versions(*, code: str, canal: str) -> list[Modele]:
    """Toutes les versions d'un modèle, de la plus récente à celle d'origine. Une requête.

    Lève `Refus('messages.modele_inconnu')`.
    """
    ecrits = ModeleMessage.objects.filter(code=code, canal=canal).order_by("-version")
    origine = d_origine(code=code, canal=canal)
    return [*(_lu(ecrit) for ecrit in ecrits), *([origine] if origine else [])]


def _lu(ecrit: ModeleMessage) -> Modele:
    return Modele(
        definition=definition(ecrit.code),
        canal=ecrit.canal,
        version=ecrit.version,
        texte=Texte(ecrit.sujet, ecrit.corps),
        du=ecrit.du,
        agent_id=ecrit.agent_id,
    )


@transaction.atomic
def modifier_modele(*, code: str, canal: str, texte: Texte, par: Acces, le: date) -> Modele:
    """Écrit une nouvelle version d'un modèle, en vigueur à compter de `le`.

    Lève `Refus` : `acces.refuse`, `messages.modele_inconnu`, `messages.modele_inchange`,
    `messages.modele_fautif`, et `messages.mention_absente` (CRPA L311-3-1) si le modèle porte une
    décision préparée par un calcul et perd sa mention.
    """
    par.exiger(ROLES_MODELES, cle_ligne=None, action="modifier un modèle de message")
    actuel = next(iter(versions(code=code, canal=canal)), None)
    if actuel is None:
        raise Refus(code="messages.modele_inconnu", message="Ce modèle n'existe pas par ce canal.")
    propre = Texte(normaliser(texte.sujet), normaliser(texte.corps))
    verifier_texte(definition_lue=actuel.definition, texte=propre, canal=canal)
    if propre == actuel.texte:
        raise Refus(
            code="messages.modele_inchange",
            message="Rien n'a changé dans ce modèle : la version en vigueur reste la même.",
        )
    return _ecrire(actuel, propre, par, le)


def verifier_texte(*, definition_lue: Definition, texte: Texte, canal: str) -> None:
    """Lève `ModeleRefuse` (`messages.modele_fautif` ou `messages.mention_absente`)."""
    fautes = controler(definition=definition_lue, texte=texte, canal=canal)
    if not fautes:
        return
    if any("CRPA L311-3-1" in faute.phrase for faute in fautes):
        raise ModeleRefuse(
            fautes, code="messages.mention_absente", base_legale="CRPA L311-3-1, R311-3-1-1"
        )
    raise ModeleRefuse(fautes, code="messages.modele_fautif")


def _ecrire(actuel: Modele, texte: Texte, par: Acces, le: date) -> Modele:
    code, canal = actuel.definition.code, actuel.canal
    derniere = ModeleMessage.objects.filter(code=code, canal=canal).aggregate(v=Max("version"))["v"]
    ecrit = ModeleMessage(
        code=code,
        canal=canal,
        version=(derniere or 0) + 1,
        libelle=actuel.definition.libelle,
        sujet=texte.sujet,
        corps=texte.corps,
        est_algorithmique=actuel.definition.est_algorithmique and canal != Canal.SMS,
        du=le,
        agent_id=par.agent_id,
    )
    try:
        with transaction.atomic():
            ecrit.save(force_insert=True)
    except IntegrityError as cause:
        raise Refus(
            code="messages.modele_concurrent",
            message="Quelqu'un vient de modifier ce modèle : relisez sa version, puis recommencez.",
        ) from cause
    charge = ModifierModele(modele=code, canal=canal, version=ecrit.version)
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=ecrit.pk))
    return _lu(ecrit)
