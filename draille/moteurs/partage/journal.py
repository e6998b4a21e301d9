"""Ce que le journal garde de ce moteur."""

from draille.noyau.journal.registre import ActeDeclare

ACTES: tuple[ActeDeclare, ...] = ()
