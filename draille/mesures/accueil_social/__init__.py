"""Recevoir toute personne, l'écouter, l'orienter et savoir ce qu'il en advient (ligne H3).

Ligne de convention : Haute-Loire, 62 000 € en 2020, « un nouvel outil numérique facilitant ce
premier accueil inconditionnel », à moins de trente minutes de chez soi.
Base légale : CASF L123-1 et L123-2 (le service social départemental) ; CNIL, référentiel social
2021-028. Rien n'est obligatoire pour être reçu.
Public : toute personne, connue, nouvelle ou qui ne dit pas son nom.
Résultat attendu : chacun reçu et orienté près de chez lui ; aucune orientation ne se perd.
"""
