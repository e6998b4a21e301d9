"""Convoquer à temps et au plus près : lieux, créneaux, rendez-vous, absences (lignes H5 et H7).

Ligne de convention : Haute-Loire, 82 000 € en 2020, « L'idée est de pouvoir les rencontrer en moins
d'un mois », et le premier rendez-vous d'accompagnement dans les 15 jours de l'orientation (B4).
Base légale : CASF L262-29, L262-36 et L262-37 (entendre avant toute suite) ; CRPA L311-3-1.
Public : les nouveaux entrants à rencontrer, puis les personnes que leur référent reçoit.
Résultat attendu : chacun convoqué avant sa limite, près de chez lui ; une absence n'est qu'une
seconde convocation, jamais une sanction automatique.
"""
