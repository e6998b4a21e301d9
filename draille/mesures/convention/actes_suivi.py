"""Ce qui fait vivre une convention entre deux textes."""

from draille.noyau.journal.registre import ActeDeclare

ACTES_SUIVI: tuple[ActeDeclare, ...] = ()
