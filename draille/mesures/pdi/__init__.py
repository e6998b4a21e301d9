"""Le programme départemental d'insertion : sa délibération de chaque année, ses actions (A5).

Ligne du schéma : Ardèche, « PDI 2021-2025 ».
Base légale : CASF L263-1 (délibération avant le 31 mars de chaque année), L263-2.
Public : l'assemblée, les services, les partenaires. Aucune donnée personnelle ici.
Résultat attendu : la délibération est à temps, et chaque action repose sur des actes.
"""
