"""Orienter vite les nouveaux entrants au RSA (lignes H7 et A5).

Ligne de convention : Haute-Loire, 82 000 € en 2020, « accélérer la prise en charge des nouveaux
bénéficiaires du RSA […] L'idée est de pouvoir les rencontrer en moins d'un mois » ; Ardèche, PDI
2021-2025, « orienter les nouvelles personnes au RSA dans un délai d'un mois à compter de leur
ouverture de droits ».
Base légale : CASF L262-29 (orientation), R262-65-2 ancien (deux mois, jusqu'au 31/12/2024),
D262-65-2 (six semaines, depuis le 01/01/2025), arrêté du 21 novembre 2024 (critères).
Public : les nouveaux entrants soumis aux droits et devoirs.
Résultat attendu : rencontrés et orientés dans le mois ; le retard se voit avant d'arriver.
"""
