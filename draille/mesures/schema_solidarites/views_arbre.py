"""Du schéma lu à l'arbre que l'on montre : chaque appui avec son chiffre."""

from collections.abc import Mapping
from datetime import date

from draille.ecrans import arbre
from draille.ecrans.arbre import Appui, AppuiLu
from draille.ecrans.requete import adresse
from draille.mesures.schema_solidarites import lectures_mots as mots
from draille.mesures.schema_solidarites import regles
from draille.mesures.schema_solidarites.regles import Rattachement
from draille.socle.acces import Acces


def appuis_de(version: regles.Version) -> list[Appui]:
    """Tous les appuis d'une version, critères compris."""
    des_actions = [a for action in version.actions for a in action.appuis]
    return [*des_actions, *(c.appui for axe in version.axes for c in axe.criteres)]


def dresser(
    *, schema: regles.Schema, version: regles.Version, acces: Acces, le: date, jour: date
) -> arbre.Arbre:
    """L'arbre d'une version. `le` : jusqu'où compter ; `jour` : la date que gardent les liens.

    Une requête par genre d'appui, et une par chiffre au plus ; aucune par action.
    """
    lus = arbre.lire(appuis=appuis_de(version), acces=acces, le=le)
    # Quand tout un schéma est rattaché par proposition, sa mention le dit une fois pour toutes.
    tout_propose = all(a.rattachement is Rattachement.PROPOSE for a in version.actions)
    return arbre.Arbre(
        nom=f"arbre-{schema.code.replace('_', '-')}",
        titre=f"{schema.titre} : axes, actions et appuis",
        axes=tuple(
            arbre.Axe(
                code=axe.code,
                libelle=axe.libelle,
                actions=tuple(_action(a, lus, jour, tout_propose) for a in axe.actions),
                criteres=tuple(_critere(c, lus) for c in axe.criteres),
            )
            for axe in version.axes
        ),
    )


def _action(
    action: regles.Action, lus: Mapping[Appui, AppuiLu], jour: date, tout_propose: bool
) -> arbre.Action:
    details = [dit for o in action.objectifs if (dit := mots.objectif_court(o))]
    if action.montants:
        details.append(
            mots.montants_en_mots(tuple((m.financeur, m.valeur) for m in action.montants))
        )
    return arbre.Action(
        code=action.code,
        libelle=action.libelle,
        details=tuple(details),
        mention="" if tout_propose else action.rattachement.libelle,
        url=f"{adresse('schema_action', action.code)}?le={jour.isoformat()}",
        appuis=tuple(lus[a] for a in action.appuis),
    )


def _critere(critere: regles.Critere, lus: Mapping[Appui, AppuiLu]) -> AppuiLu:
    lu = lus[critere.appui]
    return AppuiLu(
        genre=lu.genre,
        code=lu.code,
        libelle=critere.libelle,
        valeur=lu.valeur,
        precision=lu.precision,
        url=lu.url,
        ton=lu.ton,
        est_suivi=lu.est_suivi,
    )
