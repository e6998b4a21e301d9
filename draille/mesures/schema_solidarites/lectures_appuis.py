"""Ce sur quoi une action repose, lu vivant : mesures, indicateurs, figures, délais, partenaires.

Chaque genre se lit pour tous ses codes à la fois ; chaque nombre est celui que ce lecteur voit.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django.apps import apps
from django.db.models import Count, Q
from django.urls import resolve, reverse

from draille.ecrans.arbre import AppuiLu, Catalogue, GenreAppui, Lecteur
from draille.ecrans.menu import entrees
from draille.ecrans.panneaux import figures
from draille.ecrans.requete import adresse
from draille.mesures.schema_solidarites.lectures_delais import en_cours, est_tu
from draille.moteurs.annuaire.adaptateur_lectures import existants
from draille.moteurs.annuaire.registre import libelle_besoin, tous
from draille.moteurs.delais import registre as delais
from draille.moteurs.indicateurs import adaptateur as indicateurs
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import Indicateur, indicateur
from draille.moteurs.indicateurs.registre import indicateurs as declares
from draille.socle.acces import Acces
from draille.socle.texte import entier, pourcent

Lus = Mapping[str, AppuiLu]


def mesures(codes: Sequence[str], acces: Acces, _le: date) -> Lus:
    """Les mesures installées, et leur première page ouverte à ce lecteur. Aucune requête."""
    pages = _pages(acces)
    return {
        code: AppuiLu(
            genre=GenreAppui.MESURE,
            code=code,
            libelle=str(apps.get_app_config(code).verbose_name),
            url=pages.get(code, ""),
        )
        for code in codes
        if apps.is_installed(f"draille.mesures.{code}")
    }


def lire_lignes(codes: Sequence[str], _acces: Acces, le: date) -> Lus:
    """Les lignes de convention où se suivent les objectifs (`convention/ligne`). Aucune requête."""
    lues = {}
    for code in codes:
        cadre, _, ligne = code.partition("/")
        page = adresse("convention:ligne", ligne)
        if page:
            voulu = urlencode({"convention": cadre, "le": le.isoformat()})
            lues[code] = AppuiLu(
                genre=GenreAppui.LIGNE, code=code, libelle="", url=f"{page}?{voulu}"
            )
    return lues


def lire_indicateurs(codes: Sequence[str], acces: Acces, le: date) -> Lus:
    """Le compte de l'année en cours à cette date. Une requête pour tous.

    Hors du Département, un effectif sous le seuil se tait.
    """
    connus = [i for code in codes if (i := _indicateur(code)) is not None]
    series = indicateurs.toutes(
        indicateurs=connus, periode=Periode.annee(le.year), acces=acces, le=le
    )
    seuil = 0 if acces.est_du_departement else indicateurs.seuil_secret(le=le)
    lus = {}
    for i in connus:
        comptes = [c for _, c in series[i.code]]
        denominateur = sum(c.denominateur for c in comptes)
        numerateur = sum(c.numerateur for c in comptes)
        lus[i.code] = _compte(i, denominateur, numerateur, le, seuil)
    return lus


def _compte(i: Indicateur, denominateur: int, numerateur: int, le: date, seuil: int) -> AppuiLu:
    voulu = {"annee": le.year, "part": "denominateur", "le": le.isoformat()}
    valeur, precision = entier(denominateur), f"{i.unite} en {le.year}"
    if i.numerateur and denominateur:
        voulu["part"] = "numerateur"
        valeur = pourcent(numerateur / denominateur)
        precision = f"{entier(numerateur)} sur {entier(denominateur)} en {le.year}"
    elif i.numerateur:
        valeur, precision = "", f"aucun acte compté en {le.year}"
    if 0 < denominateur < seuil or 0 < numerateur < seuil:
        return _tu(GenreAppui.INDICATEUR, i.code, i.libelle, le)
    return AppuiLu(
        genre=GenreAppui.INDICATEUR,
        code=i.code,
        libelle=i.libelle,
        valeur=valeur,
        precision=precision,
        url=f"{adresse('convention:actes', i.code, i.version)}?{urlencode(voulu)}",
    )


def _indicateur(code: str) -> Indicateur | None:
    try:
        return indicateur(code)
    except KeyError:
        return None


def lire_figures(codes: Sequence[str], acces: Acces, le: date) -> Lus:
    """Les nombres calculés que les mesures déclarent (`mesure.nom`) ; sans valeur, on le dit."""
    rendues = figures(lignes={c.partition(".")[0] for c in codes}, acces=acces, le=le)
    muettes = {
        code: AppuiLu(
            genre=GenreAppui.FIGURE, code=code, libelle="", precision="pas de valeur à cette date"
        )
        for code in codes
        if apps.is_installed(f"draille.mesures.{code.partition('.')[0]}")
    }
    return muettes | {
        f.declaree.code: AppuiLu(
            genre=GenreAppui.FIGURE,
            code=f.declaree.code,
            libelle=f.declaree.libelle,
            valeur=f.valeur,
            url=f.url,
        )
        for f in rendues
        if f.declaree.code in codes
    }


def lire_delais(codes: Sequence[str], acces: Acces, le: date) -> Lus:
    """Les échéances ouvertes et dépassées ce jour-là, pour ce que ce lecteur voit. Une requête."""
    siens = {d.code: d for d in delais.delais() if d.code in codes}
    ouvertes = en_cours(codes=siens, acces=acces, le=le)
    comptes = {
        code: (nombre, retards)
        for code, nombre, retards in ouvertes.order_by()
        .values_list("code")
        .annotate(nombre=Count("pk"), retards=Count("pk", filter=Q(avant_le__lt=le)))
    }
    lus = {}
    for code, declare in siens.items():
        nombre, retards = comptes.get(code, (0, 0))
        if est_tu(nombre=nombre, acces=acces, le=le):
            lus[code] = _tu(GenreAppui.DELAI, code, declare.libelle, le)
            continue
        # Hors du Département, le nombre des retards dirait qui est en retard.
        retards = retards if acces.est_du_departement else 0
        lus[code] = AppuiLu(
            genre=GenreAppui.DELAI,
            code=code,
            libelle=declare.libelle,
            valeur=entier(nombre),
            precision=f"en cours, dont {entier(retards)} en retard" if retards else "en cours",
            ton="tuile" if retards else "",
            url=f"{adresse('schema_delai', code)}?{urlencode({'le': le.isoformat()})}",
        )
    return lus


def _tu(genre: GenreAppui, code: str, libelle: str, le: date) -> AppuiLu:
    seuil = indicateurs.seuil_secret(le=le)
    return AppuiLu(genre=genre, code=code, libelle=libelle, precision=f"moins de {seuil}")


def partenaires(codes: Sequence[str], acces: Acces, le: date) -> Lus:
    """Les lieux que tiennent d'autres structures, par besoin. Une requête."""
    lieux = existants(le=le).filter(commune__isnull=False, structure__est_departement=False)
    comptes = lieux.order_by().aggregate(
        **{f"n_{c}": Count("pk", filter=Q(besoins__contains=[c])) for c in codes}
    )
    est_ouvert = any(e.adresse == "annuaire" for e in entrees(acces=acces))
    return {
        code: AppuiLu(
            genre=GenreAppui.PARTENAIRE,
            code=code,
            libelle=f"{_lieux(comptes[f'n_{code}'])} : {libelle_besoin(code).lower()}",
            valeur=entier(comptes[f"n_{code}"]),
            url=_annuaire(code) if est_ouvert else "",
        )
        for code in codes
    }


def _lieux(nombre: int) -> str:
    return "lieu partenaire" if nombre < 2 else "lieux partenaires"


def _annuaire(besoin: str) -> str:
    return f"{adresse('annuaire')}?{urlencode({'besoin': besoin, 'tenu': 'autres'})}"


def _pages(acces: Acces) -> dict[str, str]:
    """La première page de chaque mesure que ce lecteur ouvre : le menu seul les connaît."""
    ouvertes = {}
    for entree in reversed(entrees(acces=acces)):
        chemin = reverse(entree.adresse)
        module = resolve(chemin).func.__module__.split(".")
        if module[:2] == ["draille", "mesures"]:
            ouvertes[module[2]] = chemin
    return ouvertes


def _mesures_installees() -> list[tuple[str, str]]:
    installees = [a for a in apps.get_app_configs() if a.name.startswith("draille.mesures.")]
    return sorted(((a.label, str(a.verbose_name)) for a in installees), key=lambda c: c[1])


def _indicateurs_declares() -> list[tuple[str, str]]:
    return sorted({i.code: i.libelle for i in declares()}.items(), key=lambda c: c[1])


def _delais_declares() -> list[tuple[str, str]]:
    return [(d.code, d.libelle) for d in delais.delais()]


def _besoins_declares() -> list[tuple[str, str]]:
    return [(b.code, b.libelle) for b in tous().values()]


CATALOGUES: dict[GenreAppui, Catalogue] = {
    GenreAppui.MESURE: _mesures_installees,
    GenreAppui.LIGNE: lambda: (),
    GenreAppui.INDICATEUR: _indicateurs_declares,
    GenreAppui.FIGURE: lambda: (),
    GenreAppui.DELAI: _delais_declares,
    GenreAppui.PARTENAIRE: _besoins_declares,
}
LECTEURS: dict[GenreAppui, Lecteur] = {
    GenreAppui.MESURE: mesures,
    GenreAppui.LIGNE: lire_lignes,
    GenreAppui.INDICATEUR: lire_indicateurs,
    GenreAppui.FIGURE: lire_figures,
    GenreAppui.DELAI: lire_delais,
    GenreAppui.PARTENAIRE: partenaires,
}
