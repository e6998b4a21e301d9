"""La formation des professionnels de l'accueil et de l'accompagnement (H8).

Ligne de la convention : « 18 000 € pour la formation des personnels ».
Base : stratégie de lutte contre la pauvreté, accord-cadre du 7 décembre 2020 (six thèmes).
Public : les professionnels du Département et de ses partenaires.
Résultat attendu : qui a été formé, à quoi, combien d'heures, pour combien ; aucune place en double.
"""
