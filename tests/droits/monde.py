"""Un petit Département entier : des communes, des personnes, des rangées dans chaque table.

Construit une fois par essai sous l'accès du système ; les habilitations se tirent ensuite.
Rien n'y est tiré au sort : les mêmes personnes, toujours.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db.models import Model

from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.parcours.models import Parcours
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import PAS, SANS_COMMUNE
from draille.socle.chiffrement import trousseau
from tests.droits.oracle import DEPARTEMENT, PARTENAIRE, Individu, Lieu, Ligne, Periode

ORIGINE = date(2019, 1, 1)
BASCULE = date(2020, 7, 1)
FERMETURE = date(2020, 5, 1)
JOURS = (date(2020, 3, 15), date(2020, 6, 30), BASCULE, date(2020, 10, 15))
NOMBRE_COMMUNES = 10
COMPARTIMENTS = (
    (2,),
    (1, 2),
    (1,),
    (2, 3),
    (4,),
    (3, 4),
    (5,),
    (1, 2, 3, 4, 5),
)
Profil = tuple[tuple[int, ...], int | None, bool]
_CONSONNES, _VOYELLES = "bcdfgjklmnpqrstvz", "aeiou"


def marque(rang: int) -> str:
    """Un nom imprononçable et unique, que l'on reconnaît dans n'importe quelle page."""
    a, reste = divmod(rang, 85)
    c, v = divmod(reste, 5)
    return f"Q{_VOYELLES[v]}x{_CONSONNES[c]}{_VOYELLES[a % 5]}wyk"


def cle(compartiment: int, commune: int | None) -> int:
    """La clé d'une rangée, telle qu'ARCHITECTURE.md la définit."""
    return compartiment * PAS + (SANS_COMMUNE if commune is None else commune)


@dataclass
class Monde:
    """Ce que l'oracle sait : les lieux, les personnes, et chaque rangée de chaque table."""

    communes: list[int] = field(default_factory=list)
    lieux: list[Lieu] = field(default_factory=list)
    individus: list[Individu] = field(default_factory=list)
    lignes: list[Ligne] = field(default_factory=list)
    par_table: dict[str, list[Ligne]] = field(default_factory=dict)
    agent: Agent = field(default_factory=Agent)
    collegue: Agent = field(default_factory=Agent)
    details: dict[tuple[str, int], Any] = field(default_factory=dict)
    surcouts: dict[int, dict[int, int | None]] = field(default_factory=dict)
    numeros: Any = field(default_factory=lambda: count(1))

    def de(self, modele: type[Model] | str) -> list[Ligne]:
        """Les rangées d'une table."""
        table = modele if isinstance(modele, str) else modele._meta.db_table
        return self.par_table.get(table, [])

    def individu(self, personne: int) -> Individu:
        """La personne de cet identifiant."""
        return next(i for i in self.individus if i.id == personne)

    def cle_de(self, ligne: Ligne) -> int | None:
        """La clé que la rangée doit porter aujourd'hui."""
        return None if ligne.compartiment is None else cle(ligne.compartiment, ligne.commune)

    def cles_de(self, ligne: Ligne) -> list[int | None]:
        """Toutes ses clés, dont celle du partenaire à qui elle est ouverte."""
        aussi = [] if ligne.partenaire is None else [cle(PARTENAIRE, ligne.partenaire)]
        return [self.cle_de(ligne), *aussi]

    def noter(
        self,
        objet: Any,
        compartiment: int | None,
        individu: Individu | None,
        *,
        partenaire: int | None = None,
    ) -> Any:
        """Retient une rangée écrite, et la personne dont elle parle."""
        commune = individu.commune if individu else None
        return self.noter_a(objet, compartiment, commune, individu, partenaire=partenaire)

    def noter_a(
        self,
        objet: Any,
        compartiment: int | None,
        commune: int | None,
        individu: Individu | None = None,
        *,
        partenaire: int | None = None,
    ) -> Any:
        """Retient une rangée écrite sous cette commune, ouverte aussi à ce partenaire."""
        ligne = Ligne(
            table=objet._meta.db_table,
            id=objet.pk,
            compartiment=compartiment,
            commune=commune,
            personne=individu.id if individu else None,
            partenaire=partenaire,
        )
        self.lignes.append(ligne)
        self.par_table.setdefault(ligne.table, []).append(ligne)
        self.details[(ligne.table, ligne.id)] = objet
        if individu is not None:
            individu.lignes.append(ligne)
        return objet


def decouper(monde: Monde) -> None:
    """Communes et territoires de chaque nature, dont une commune qui change de secteur."""
    monde.communes = [
        Commune.objects.create(
            code_insee=f"439{n:02}",
            nom=f"Commune {n}",
            population=500,
            latitude=45 + n / 20,
            longitude=3.5 + n / 30,
            surface_km2=20,
        ).pk
        for n in range(NOMBRE_COMMUNES)
    ]
    c = monde.communes
    toujours = Periode(ORIGINE)
    monde.lieux = [
        _lieu(DEPARTEMENT, "43", toujours, [(x, toujours) for x in c[:4]]),
        _lieu(
            "secteur",
            "S1",
            toujours,
            [(c[0], toujours), (c[1], toujours), (c[2], Periode(ORIGINE, BASCULE))],
        ),
        _lieu("secteur", "S2", toujours, [(c[2], Periode(BASCULE)), (c[3], toujours)]),
        _lieu("secteur", "S3", toujours, [(x, toujours) for x in c[4:8]]),
        _lieu("epci", "E1", toujours, [(x, toujours) for x in c[1:5]]),
        # Un territoire clos dont les communes n'ont pas de fin : il n'ouvre plus rien.
        _lieu("epci", "E2", Periode(ORIGINE, FERMETURE), [(x, toujours) for x in c[5:8]]),
        _lieu("canton", "K1", toujours, [(x, toujours) for x in c[:3]]),
        _lieu(
            "canton",
            "K2",
            Periode(ORIGINE, FERMETURE),
            [(x, Periode(ORIGINE, FERMETURE)) for x in c[3:6]],
        ),
        _lieu("canton", "K3", Periode(BASCULE), [(x, Periode(BASCULE)) for x in c[3:9]]),
        *[_lieu("commune", f"C{n}", toujours, [(c[n], toujours)]) for n in (0, 2, 5, 9)],
        _lieu("secteur", "vide", toujours, []),
        _lieu(DEPARTEMENT, "clos", Periode(ORIGINE, FERMETURE), []),
    ]


def _lieu(nature: str, code: str, periode: Periode, communes: list[tuple[int, Periode]]) -> Lieu:
    territoire = Territoire.objects.create(
        nature=nature, code=code, nom=f"{nature} {code}", debut=periode.debut, fin=periode.fin
    )
    TerritoireCommune.objects.bulk_create(
        TerritoireCommune(
            territoire=territoire, commune_id=commune, nature=nature, debut=p.debut, fin=p.fin
        )
        for commune, p in communes
    )
    return Lieu(territoire.pk, nature, periode, tuple(communes))


def employer(monde: Monde) -> None:
    """L'agent que l'on habilite, et un collègue d'une autre organisation."""
    departement = Organisation.objects.create(code="cd", nom="CD", est_departement=True)
    autre = Organisation.objects.create(code="asso", nom="Association")
    monde.agent = Agent.objects.create(
        identifiant="agente", nom="Tirée", prenom="Agente", organisation=departement
    )
    monde.collegue = Agent.objects.create(
        identifiant="collegue", nom="Autre", prenom="Collègue", organisation=autre
    )


def peupler(monde: Monde, profils: list[Profil]) -> None:
    """Inscrit des personnes : compartiments, rang de commune, et si elles y ont déménagé.

    Qui déménage a ses rangées écrites sous une autre commune, avant : elles doivent la suivre.
    """
    from tests.droits.rangees_accueil import ecrire_accueil
    from tests.droits.rangees_rsa import ecrire_rsa

    for compartiments, rang, a_demenage in profils:
        commune = None if rang is None else monde.communes[rang]
        numero = next(monde.numeros)
        individu = Individu(
            id=0,
            marque=marque(numero),
            compartiments=compartiments,
            commune=commune,
            nir=f"2800143{numero:06}" if numero % 2 else "",
        )
        avant = monde.communes[numero % NOMBRE_COMMUNES] if a_demenage else commune
        personne = _inscrire(individu, avant, numero)
        individu.id = personne.pk
        monde.individus.append(individu)
        for compartiment in compartiments:
            _ecrire_noyau(monde, individu, compartiment, cle(compartiment, avant), numero)
        if 1 in compartiments:
            ecrire_accueil(monde, individu, cle(1, avant), numero)
        if 2 in compartiments:
            ecrire_rsa(monde, individu, cle(2, avant), numero)
        if avant != commune:
            Personne.objects.filter(pk=personne.pk).update(commune_id=commune)


def _inscrire(individu: Individu, commune: int | None, numero: int) -> Personne:
    nir = individu.nir.encode()
    personne = Personne(
        nom_naissance=individu.marque,
        prenom="Camille",
        naissance_le=date(1980, 1, 1) + timedelta(days=numero),
        courriel=f"{individu.marque}@exemple.fr" if numero % 2 else "",
        nir_chiffre=trousseau().chiffrer(nir) if nir else None,
        nir_empreinte=trousseau().empreinte(nir) if nir else None,
        commune_id=commune,
        compartiments=list(individu.compartiments),
    )
    personne.save(force_insert=True)
    return personne


def _ecrire_noyau(
    monde: Monde, individu: Individu, compartiment: int, cle_acces: int, numero: int
) -> None:
    jour = date(2020, 1, 1) + timedelta(days=numero)
    commun = {"personne_id": individu.id, "cle_acces": cle_acces}
    ligne = LigneJournal.objects.create(
        code="personne.inscrire",
        version=1,
        le=jour,
        agent_id=monde.agent.pk if numero % 3 == 0 else None,
        compartiment=compartiment,
        charge={"origine": "flux"},
        **commun,
    )
    echeance = Echeance(
        code="essai.delai",
        ouverte_le=jour,
        avant_le=jour + timedelta(days=200),
        fermee_le=jour + timedelta(days=9) if numero % 5 == 0 else None,
        ligne_ouverture_id=ligne.pk,
        **commun,
    )
    parcours = Parcours(nature=f"n{compartiment}", type_parcours="social", debut=jour, **commun)
    consultation = Consultation(
        agent_id=monde.agent.pk if numero % 3 else monde.collegue.pk, page="dossier", **commun
    )
    objets: list[Any] = [ligne, echeance, parcours, consultation]
    if compartiment == individu.compartiments[0]:
        objets.append(
            Referent(
                nature="unique",
                organisation=monde.agent.organisation,
                agent=(monde.collegue, monde.agent, None, monde.agent)[numero % 4],
                debut=jour,
                **commun,
            )
        )
    for objet in objets:
        if objet.pk is None:
            objet.save(force_insert=True)
        monde.noter(objet, compartiment, individu)


def ecrire_sans_personne(monde: Monde) -> None:
    """Des lignes de journal qui ne parlent de personne, ou d'un lieu seulement."""
    for rang, (compartiment, commune) in enumerate(
        [(None, None), (None, None), (2, None), (2, monde.communes[0]), (1, monde.communes[4])]
    ):
        ligne = LigneJournal.objects.create(
            code="flux.essai",
            version=1,
            le=date(2020, 2, 1 + rang),
            compartiment=compartiment,
            commune_id=commune,
            cle_acces=None if compartiment is None else cle(compartiment, commune),
            charge={},
        )
        monde.noter_a(ligne, compartiment, commune)


def construire(nombre: int = 56) -> Monde:
    """Le monde fixe : chaque mélange de compartiments, chaque commune, des inconnues."""
    rangs: list[int | None] = [*range(NOMBRE_COMMUNES), None]
    return construire_avec(
        [
            (COMPARTIMENTS[n % len(COMPARTIMENTS)], rangs[n % len(rangs)], n % 4 == 3)
            for n in range(nombre)
        ]
    )


def construire_avec(profils: list[Profil]) -> Monde:
    """Un monde de ces personnes : compartiments, rang de commune, ont-elles déménagé."""
    from tests.droits.rangees_accueil import ouvrir_points, rapprocher, recevoir_des_anonymes
    from tests.droits.rangees_convention import demander_acompte, publier
    from tests.droits.rangees_referent import conclure_calculs, ouvrir_bureaux
    from tests.droits.rangees_rsa import ecrire_fichiers

    monde = Monde()
    decouper(monde)
    employer(monde)
    publier(monde)
    ouvrir_bureaux(monde)
    ouvrir_points(monde)
    peupler(monde, profils)
    recevoir_des_anonymes(monde)
    rapprocher(monde)
    conclure_calculs(monde)
    demander_acompte(monde)
    ecrire_sans_personne(monde)
    ecrire_fichiers(monde)
    return monde


def ecrire_foyer(monde: Monde, individu: Individu, cle_acces: int, numero: int) -> Foyer:
    """Le foyer d'une personne, à sa commune d'aujourd'hui, et son appartenance."""
    foyer = Foyer.objects.create(
        reference=f"E06:{numero}",
        matricule=f"{7_000_000 + numero}",
        commune_id=individu.commune,
        adresse=f"{numero} chemin {individu.marque}",
        cle_acces=cle(2, individu.commune),
    )
    monde.noter_a(foyer, 2, individu.commune)
    membre = MembreFoyer.objects.create(
        foyer=foyer, personne_id=individu.id, role="DEM", debut=ORIGINE, cle_acces=cle_acces
    )
    monde.noter(membre, 2, individu)
    return foyer
