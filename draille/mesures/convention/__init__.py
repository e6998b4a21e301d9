"""La convention : qui s'engage, sur quoi, pour combien, et la phrase qui le dit.

Ligne : le cadre lui-même (H1), dont les autres mesures sont les lignes.
Base : convention État-Département de la stratégie nationale de lutte contre la pauvreté.
Public : l'assemblée, les services, le préfet. Aucune donnée personnelle ici.
Résultat attendu : chaque chiffre publié s'ouvre sur sa source ; la parité se vérifie d'un regard.
"""
