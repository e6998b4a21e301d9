"""Écrire d'un coup ce que des fiches lues changent : structures, points, horaires, services."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from draille.moteurs.annuaire.adaptateur_lectures import en_plage
from draille.moteurs.annuaire.calcul.fiche import FicheLue, ServiceLu
from draille.moteurs.annuaire.calcul.ouverture import Plage
from draille.moteurs.annuaire.models import Horaire, Point, Provenance, Service, Structure
from draille.noyau.territoire.models import Commune

_TEXTES = (
    "nom", "adresse", "complement_adresse", "code_postal", "code_insee", "nom_commune",
    "telephone", "courriel", "site_web", "presentation", "accessibilite", "commentaire_horaires",
)  # fmt: skip
_MODIFIABLES = (*_TEXTES, "latitude", "longitude", "publics", "besoins", "commune", "maj_le",
                "sur_rendez_vous")  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Ecriture:
    """Ce qu'un import va écrire ; rien n'est en base avant `ecrire`.

    Un point déjà confirmé par un agent garde ce qu'il dit : un fichier n'en comble que les blancs.
    """

    source: str
    le: date
    communes: dict[str, tuple[int, str]] = field(default_factory=dict)
    nouveaux: list[Point] = field(default_factory=list)
    changes: dict[int, Point] = field(default_factory=dict)
    a_ouvrir: list[tuple[Point, tuple[Plage, ...], bool]] = field(default_factory=list)
    services: list[tuple[Point, ServiceLu]] = field(default_factory=list)
    provenances: dict[str, Point | None] = field(default_factory=dict)
    _structures: dict[str, Structure] = field(default_factory=dict)
    _structures_neuves: list[Structure] = field(default_factory=list)

    def preparer(self) -> None:
        """Lit les communes du Département et les structures connues : deux requêtes."""
        lues = Commune.objects.values_list("code_insee", "id", "nom")
        self.communes = {insee: (pk, nom) for insee, pk, nom in lues}
        for structure in Structure.objects.order_by("-pk"):
            for cle in (f"nom:{structure.nom}", f"siret:{structure.siret}"):
                self._structures[cle] = structure

    def creer(self, fiche: FicheLue) -> Point:
        """Un point de plus, pas encore en base."""
        point = Point(
            structure=self._structure(fiche),
            genre=fiche.genre,
            forme=fiche.forme,
            est_premier_accueil=bool(fiche.est_premier_accueil),
            debut=self.le,
            source=self.source,
            source_id=fiche.source_id,
            **self._valeurs(fiche),
        )
        self.nouveaux.append(point)
        self._suites(point, fiche, remplace=True)
        return point

    def joindre(self, point: Point, fiche: FicheLue) -> list[str]:
        """Complète un point de ce que la fiche dit de plus ; rend les champs changés."""
        remplace = point.confirme_le is None and (point.source, point.source_id) == (
            self.source,
            fiche.source_id,
        )
        # Un fichier plus ancien que la fiche ne la ramène pas en arrière.
        remplace = remplace and (fiche.maj_le or self.le) >= point.maj_le
        valeurs = self._valeurs(fiche)
        champs = [c for c in _TEXTES if _change(getattr(point, c), valeurs[c], remplace)]
        if valeurs["latitude"] is not None and (remplace or point.latitude is None):
            champs += [c for c in ("latitude", "longitude") if getattr(point, c) != valeurs[c]]
        for champ in champs:
            setattr(point, champ, valeurs[champ])
        plus = [b for b in fiche.besoins if b not in point.besoins]
        if plus:
            point.besoins = [*point.besoins, *plus]
            champs.append("besoins")
        if point.commune_id is None and point.code_insee in self.communes:
            point.commune_id, point.nom_commune = self.communes[point.code_insee]
            champs.append("commune")
        self._suites(point, fiche, remplace=remplace)
        if (point.source, point.source_id) != (self.source, fiche.source_id):
            self.provenances[fiche.source_id] = point
        if champs and point.pk is not None:
            point.maj_le = max(point.maj_le, fiche.maj_le or self.le)
            self.changes[point.pk] = point
        return champs

    def joindre_service(self, point: Point, service: ServiceLu) -> None:
        """Un service de plus à un point, s'il ne l'a pas déjà."""
        self.services.append((point, service))

    def _suites(self, point: Point, fiche: FicheLue, *, remplace: bool) -> None:
        if fiche.plages:
            self.a_ouvrir.append((point, fiche.plages, remplace))
        self.services += [(point, service) for service in fiche.services]

    def _valeurs(self, fiche: FicheLue) -> dict[str, object]:
        valeurs: dict[str, object] = {c: getattr(fiche, c) for c in _TEXTES}
        # Le nom officiel : les fichiers écrivent « LE PUY-EN-VELAY », ou sans accent.
        commune_id, nom = self.communes.get(fiche.code_insee, (None, fiche.nom_commune))
        return valeurs | {
            "nom_commune": nom,
            "latitude": fiche.latitude,
            "longitude": fiche.longitude,
            "publics": list(fiche.publics),
            "besoins": list(fiche.besoins),
            "sur_rendez_vous": fiche.sur_rendez_vous,
            "commune_id": commune_id,
            "maj_le": fiche.maj_le or self.le,
        }

    def _structure(self, fiche: FicheLue) -> Structure:
        nom = (fiche.structure or fiche.nom)[:200]
        cles = ([f"siret:{fiche.siret}"] if fiche.siret else []) + [f"nom:{nom}"]
        for cle in cles:
            connue = self._structures.get(cle)
            if connue is not None and (not fiche.siret or connue.siret in ("", fiche.siret)):
                return connue
        structure = Structure(
            nom=nom, siret=fiche.siret, est_departement=fiche.genre == "maison_departement"
        )
        self._structures_neuves.append(structure)
        for cle in cles:
            self._structures[cle] = structure
        return structure

    def ecrire(self) -> None:
        """Écrit tout, par lots : le nombre de requêtes ne dépend pas du nombre de fiches."""
        Structure.objects.bulk_create(self._structures_neuves)
        for point in self.nouveaux:
            point.structure_id = point.structure.pk
        Point.objects.bulk_create(self.nouveaux, batch_size=1000)
        if self.changes:
            Point.objects.bulk_update(self.changes.values(), _MODIFIABLES, batch_size=500)
        self._ecrire_horaires()
        self._ecrire_services()
        Provenance.objects.bulk_create(
            [
                Provenance(source=self.source, source_id=source_id, point=point)
                for source_id, point in self.provenances.items()
            ],
            ignore_conflicts=True,
        )

    def _ecrire_horaires(self) -> None:
        connus = _semaines({p.pk for p, _, _ in self.a_ouvrir}, self.le)
        remplaces: set[int] = set()
        neufs: dict[int, tuple[Point, tuple[Plage, ...]]] = {}
        for point, plages, remplace in self.a_ouvrir:
            deja = connus.get(point.pk)
            if deja is None and point.pk not in neufs:
                neufs[point.pk] = (point, plages)
            elif deja is not None and remplace and deja != _comparables(plages):
                remplaces.add(point.pk)
                neufs[point.pk] = (point, plages)
        semaines = Horaire.objects.filter(point__in=remplaces, jour__isnull=False)
        semaines.filter(debut__gte=self.le).delete()
        semaines.filter(Q(fin__isnull=True) | Q(fin__gt=self.le)).update(fin=self.le)
        Horaire.objects.bulk_create(
            [
                Horaire(
                    point=point,
                    jour=plage.jour,
                    rangs=list(plage.rangs),
                    heure_debut=plage.heure_debut,
                    heure_fin=plage.heure_fin,
                    debut=self.le,
                )
                for point, plages in neufs.values()
                for plage in plages
            ],
            batch_size=5000,
        )

    def _ecrire_services(self) -> None:
        lus = Service.objects.filter(point__in={p.pk for p, _ in self.services})
        deja = {(s.point_id, s.nom) for s in lus} | {
            (s.point_id, s.source_id) for s in lus if s.source_id
        }
        neufs: list[Service] = []
        for point, service in self.services:
            cles = {(point.pk, service.nom)} | (
                {(point.pk, service.source_id)} if service.source_id else set()
            )
            if cles & deja:
                continue
            deja |= cles
            neufs.append(_service(point, service, self.le))
        Service.objects.bulk_create(neufs, batch_size=1000)


def _change(ancien: object, nouveau: object, remplace: bool) -> bool:
    return bool(nouveau) and ancien != nouveau and (remplace or not ancien)


def _comparables(plages: Iterable[Plage]) -> frozenset[tuple[object, ...]]:
    return frozenset((p.jour, p.rangs, p.heure_debut, p.heure_fin) for p in plages)


def _semaines(points: set[int], le: date) -> dict[int, frozenset[tuple[object, ...]]]:
    """La semaine en vigueur de ces points, comparable ; une requête."""
    par_point: dict[int, list[Plage]] = {}
    lignes = Horaire.objects.filter(
        Q(fin__isnull=True) | Q(fin__gt=le), point__in=points, jour__isnull=False
    )
    for horaire in lignes:
        par_point.setdefault(horaire.point_id, []).append(en_plage(horaire))
    return {pk: _comparables(plages) for pk, plages in par_point.items()}


def _service(point: Point, lu: ServiceLu, le: date) -> Service:
    return Service(
        point=point,
        nom=lu.nom[:200],
        type_service=lu.type_service,
        presentation=lu.presentation,
        thematiques=list(lu.thematiques),
        publics=list(lu.publics),
        modes_accueil=list(lu.modes_accueil),
        frais=lu.frais,
        frais_precisions=lu.frais_precisions,
        source_id=lu.source_id,
        maj_le=lu.maj_le or le,
    )
