"""Charge les déclarations d'actes du noyau : un code, une version, une charge typée."""

from draille.noyau.journal import registre
from draille.noyau.organisation import actes as organisation
from draille.noyau.parcours import actes as parcours
from draille.noyau.personne import actes as personne
from draille.noyau.referent import actes as referent
from draille.noyau.territoire import actes as territoire

for _acte in (
    *territoire.ACTES,
    *organisation.ACTES,
    *personne.ACTES,
    *referent.ACTES,
    *parcours.ACTES,
):
    registre.declarer(_acte)
