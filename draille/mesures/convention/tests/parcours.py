"""Suivre chaque chiffre souligné d'une page jusqu'à la liste des actes qui le font."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.test import Client
from lxml import html

_VERS_ACTES = re.compile(r"^/convention/(financements|mesures|annonces|indicateurs)/.+/actes/")
_LIGNES = "//table[@id='actes']/tbody/tr"


@dataclass(frozen=True)
class Suivi:
    """Un chiffre, tel que la page l'imprime, et ce que sa liste compte."""

    adresse: str
    imprime: Decimal
    recompte: Decimal
    lignes: int


def ouvrir(client: Client, adresse: str) -> html.HtmlElement:
    """La page, ou un échec qui dit son adresse."""
    reponse = client.get(adresse)
    assert reponse.status_code == 200, (adresse, reponse.status_code)
    return html.fromstring(reponse.content.decode())


def nombre(dit: str) -> Decimal:
    """Le nombre d'un texte imprimé : « 346 875,66 € », « − 12 »."""
    propre = re.sub(r"[\s\u202f\xa0€]", "", dit).replace("\u2212", "-").replace(",", ".")
    return Decimal(propre)


def chiffres(page: html.HtmlElement) -> list[tuple[str, Decimal]]:
    """Les chiffres soulignés d'une page : adresse de la liste, nombre imprimé."""
    trouves = []
    for lien in page.xpath("//a[@href]"):
        if _VERS_ACTES.match(lien.get("href")):
            caches = "".join(lien.xpath(".//*[contains(@class,'visually-hidden')]//text()"))
            trouves.append((lien.get("href"), nombre(lien.text_content().replace(caches, ""))))
    return trouves


def suivre(client: Client, adresse: str, imprime: Decimal) -> Suivi:
    """Ouvre la liste, toutes ses pages, et recompte le chiffre sur ses lignes."""
    page = ouvrir(client, adresse)
    genre = page.xpath("//*[@data-genre]/@data-genre")[0]
    lignes = page.xpath(_LIGNES)
    suivante = page.xpath("//a[@rel='next']/@href")
    while suivante:
        autre = ouvrir(client, adresse.split("?")[0] + suivante[0])
        lignes += autre.xpath(_LIGNES)
        suivante = autre.xpath("//a[@rel='next']/@href")
    total = nombre(page.xpath("//*[@data-total]")[0].text_content())
    if genre == "montant":
        montants = [nombre(x.xpath(".//td[contains(@class,'nombre')]")[0].text) for x in lignes]
        recompte = sum(montants, Decimal(0))
    else:
        recompte = Decimal(len(lignes)) if genre == "compte" else total
    assert total == recompte, (adresse, total, recompte)
    return Suivi(adresse, imprime, recompte, len(lignes))
