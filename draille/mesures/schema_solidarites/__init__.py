"""Le schéma des solidarités : ses axes, leurs actions, et ce sur quoi chacune repose (A1).

Ligne du schéma : Ardèche, « les cinq axes du schéma ».
Base légale : CASF L312-4 (besoins, offre, perspectives, critères d'évaluation ; cinq ans au plus).
Public : l'assemblée, les services, les partenaires. Aucune donnée personnelle ici.
Résultat attendu : un arbre qui se lit d'un regard, où chaque action montre ses chiffres.
"""
