"""Un référent unique pour chacun, choisi sur la charge, le trajet et la continuité (ligne H5).

Ligne de convention : Haute-Loire, 140 249 € en 2020, un référent unique pour tout le parcours de
chaque bénéficiaire.
Base légale : CASF L262-27 (droit à un référent unique), L262-29 et L262-30 ; CRPA L311-3-1,
R311-3-1-1 et R311-3-1-2 (décision préparée par un traitement algorithmique) ; loi 78-17 article 47.
Public : les bénéficiaires orientés.
Résultat attendu : un seul référent à la fois, choisi par une personne sur une proposition que l'on
peut expliquer, en minutes, à la personne concernée.
"""
