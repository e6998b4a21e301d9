"""Le service public de l'insertion, première pierre : les partenaires répondent ici (A7).

Ligne du schéma : Ardèche, le réseau de l'insertion.
Base légale : CASF L263-1 et L263-2 (PDI, PTI) ; loi 2023-1196 (réseau pour l'emploi) ; RGPD
articles 5 et 7 (minimisation, retrait du consentement).
Public : les personnes qu'un agent oriente vers un partenaire, avec leur accord.
Résultat attendu : le partenaire ne voit que celles qu'on lui adresse, répond, et chacun sait qui
accompagne.
"""
