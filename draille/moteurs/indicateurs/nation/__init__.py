"""Les mêmes définitions, comptées sur les fichiers de plusieurs Départements. Rien de Django ici.

`schema` dit ce que contiennent les fichiers, `traduction` lit le SQL d'une déclaration,
`calcul` compte sur DuckDB ou Spark, `agregats` écrit et vérifie ce qui sort.
"""
