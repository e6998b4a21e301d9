"""Le pilotage en phrases : ce que l'élu lit d'abord, et ce qui presse."""

from collections.abc import Iterable
from decimal import Decimal

from draille.mesures.convention.lectures_mots import parite_en_mots
from draille.mesures.convention.lectures_pilotage import Pilotage, Rangee
from draille.mesures.convention.lectures_pilotage_liens import Liens
from draille.mesures.convention.regles.argent import Alerte, GenreAlerte
from draille.mesures.convention.regles.calculs import EtatParite
from draille.mesures.convention.regles.pilotage import Gravite, Point, par_gravite
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import date_moyenne, entier, euros, pluriel, pourcent

# Au-delà, les lignes d'une même alerte se disent en une phrase.
LIGNES_DITES = 2


def argent_en_mots(p: Pilotage) -> str:
    """Où en est l'argent de l'année, en une ou deux phrases."""
    totaux = p.argent.totaux
    prevu, jour = totaux.get(Etape.PREVUE), date_moyenne(p.moment.dernier_jour)
    if prevu is None:
        return f"Aucun montant n'est publié pour {p.moment.annee} à cette date."
    engage, paye = totaux.get(Etape.ENGAGEE), totaux.get(Etape.EXECUTEE)
    if not engage and not paye:
        return (
            f"{euros(prevu)} sont prévus pour {p.moment.annee}. Au {jour}, aucune pièce des "
            "comptes n'est importée."
        )
    phrase = (
        f"Sur {euros(prevu)} prévus pour {p.moment.annee}, {pourcent(p.argent.taux_engagement)} "
        f"sont engagés et {pourcent(p.argent.taux_execution)} payés au {jour}."
    )
    recu = totaux.get(Etape.RECUE)
    return f"{phrase} {euros(recu)} ont été reçus." if recu else phrase


def parite_en_phrase(p: Pilotage) -> str:
    """La parité de ce qui est payé, à défaut de ce qui est prévu."""
    for etape, dit in ((Etape.EXECUTEE, "Sur ce qui est payé"), (Etape.PREVUE, "Sur le prévu")):
        parites = dict(p.argent.parites.get(etape, ()))
        ensemble = parites.get("total")
        if ensemble is not None and ensemble.montant_total:
            mots = parite_en_mots(ensemble)
            return f"{dit}, {mots[0].lower()}{mots[1:]}"
        rompues = [c for c, x in parites.items() if x.etat is EtatParite.ROMPUE]
        if any(x.montant_total for x in parites.values()):
            if not rompues:
                return f"{dit}, la parité tient sur chaque ligne."
            lignes = pluriel(len(rompues), "ligne")
            return f"{dit}, la parité est rompue sur {lignes}."
    return "Le partage entre financeurs n'est pas publié." if p.argent.financeurs else ""


def objectifs_en_mots(rangees: Iterable[Rangee]) -> str:
    """Combien de cibles sont tenues, et combien n'ont pas de valeur."""
    lus = [o for r in rangees for o in r.objectifs]
    if not lus:
        return "La convention ne promet rien de chiffré à cette date."
    tenues = sum(1 for o in lus if o.etat.est_atteinte)
    manquees = sum(1 for o in lus if o.etat.est_atteinte is False)
    sans = len(lus) - tenues - manquees
    dits = [f"{pluriel(tenues, 'est tenue', 'sont tenues')}"] if tenues else []
    if manquees:
        dits.append(pluriel(manquees, "ne l'est pas encore", "ne le sont pas encore"))
    if sans:
        dits.append(pluriel(sans, "n'a pas de valeur connue", "n'ont pas de valeur connue"))
    return f"{pluriel(len(lus), 'cible promise', 'cibles promises')} : {', '.join(dits)}."


def actes_en_mots(p: Pilotage) -> str:
    """Ce que les équipes ont écrit dans l'année."""
    suivies = sum(1 for r in p.rangees if r.est_suivie)
    if not suivies:
        return "Aucune ligne n'est encore suivie ici par des actes."
    lignes = pluriel(suivies, "ligne suivie", "lignes suivies")
    fin = f"sur {lignes} parmi {entier(len(p.rangees))}."
    if p.actes.annee is None:
        return f"Moins de onze actes écrits dans l'année, {fin}"
    return f"{pluriel(p.actes.annee, 'acte écrit', 'actes écrits')} dans l'année, {fin}"


def points(p: Pilotage, liens: Liens) -> tuple[Point, ...]:
    """Ce qui presse, le plus grave d'abord ; chaque point s'ouvre."""
    trouves = [*_echeances(p, liens), *_alertes(p, liens)]
    for r in p.rangees:
        trouves += _de_la_rangee(r, liens)
    trouves += [
        Point(
            Gravite.RISQUE,
            f"L'État a réduit ses crédits {p.moment.annee} de {euros(r.montant)} : {r.motif}",
            liens.vie(),
        )
        for r in p.reductions
    ]
    return par_gravite(trouves)


def _echeances(p: Pilotage, liens: Liens) -> list[Point]:
    dits = []
    for e in p.echeances:
        if e.etat == "en_retard":
            phrase = f"{e.libelle} : dû le {date_moyenne(e.avant_le)}, pas encore fait."
            dits.append(Point(Gravite.RETARD, phrase, liens.vie()))
        elif e.etat == "proche":
            phrase = f"{e.libelle} : à rendre avant le {date_moyenne(e.avant_le)}."
            dits.append(Point(Gravite.RISQUE, phrase, liens.vie()))
    return dits


def _alertes(p: Pilotage, liens: Liens) -> list[Point]:
    # L'ensemble d'abord ; celles des lignes portent leur nom. Les échéances sont déjà dites.
    par_genre: dict[tuple[GenreAlerte, Etape | None], dict[str, Alerte]] = {}
    for ligne, a in [("", a) for a in p.argent.alertes] + [
        (x.code, a) for x in p.argent.lignes for a in x.alertes
    ]:
        if a.genre is not GenreAlerte.ECHEANCE:
            par_genre.setdefault((a.genre, a.etape), {}).setdefault(a.ligne_code or ligne, a)
    noms = {x.code: x.libelle for x in p.argent.lignes}
    dits = []
    for (genre, etape), alertes in par_genre.items():
        etape = etape or Etape.EXECUTEE
        ensemble = alertes.pop("", None)
        if ensemble is not None:
            dits.append(Point(Gravite.RISQUE, ensemble.message, liens.montant(etape)))
        siennes = [(code, noms.get(code, code), a) for code, a in alertes.items()]
        if len(siennes) > LIGNES_DITES:
            dits.append(_plusieurs(genre, [nom for _, nom, _ in siennes], liens))
            continue
        for code, nom, a in siennes:
            phrase = a.message if nom in a.message else f"{nom} : {a.message}"
            dits.append(Point(Gravite.RISQUE, phrase, liens.montant(etape, ligne=code)))
    return dits


def _plusieurs(genre: GenreAlerte, noms: list[str], liens: Liens) -> Point:
    """Une phrase pour beaucoup de lignes : la même alerte répétée ne se lirait plus."""
    premiers = ", ".join(noms[:LIGNES_DITES])
    phrase = f"{genre.libelle} sur {entier(len(noms))} lignes, dont {premiers}."
    return Point(Gravite.RISQUE, phrase, liens.page("pilotage"))


def _de_la_rangee(r: Rangee, liens: Liens) -> list[Point]:
    dits = []
    if r.retards.nombre:
        combien = pluriel(r.retards.nombre, "échéance dépassée", "échéances dépassées")
        dits.append(
            Point(Gravite.RETARD, f"{r.ligne.libelle} : {combien}.", liens.retards(r.ligne.code))
        )
    for o in r.objectifs:
        if o.etat.est_atteinte is False:
            part = "" if o.part_atteinte is None else f" ({_part(o.part_atteinte)} du chemin)"
            phrase = f"{r.ligne.libelle} : {o.cible.libelle.lower()}, cible pas encore tenue{part}."
            dits.append(Point(Gravite.RISQUE, phrase, liens.ligne(r.ligne.code)))
    return dits


def _part(part: Decimal) -> str:
    return pourcent(part)
