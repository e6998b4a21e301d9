"""Les refus d'un fichier entier, chacun avec la phrase qui dit quoi demander à l'expéditeur."""

from draille.socle.refus import Refus

RENVOI = "Demandez à la CAF ou à la MSA de le renvoyer."

PHRASES: dict[str, str] = {
    "fichier_vide": (
        "Le fichier {nom} est vide. Demandez à la CAF ou à la MSA de le déposer à nouveau."
    ),
    "pas_du_xml": (
        "Le fichier {nom} n'est pas un fichier XML : il commence par {detail}. "
        "Déposez le fichier mensuel des bénéficiaires tel que la CAF ou la MSA l'a transmis."
    ),
    "xml_mal_forme": (
        "Le fichier {nom} est abîmé à la ligne {ligne} : la suite ne peut pas être lue sans "
        "risque d'erreur. " + RENVOI
    ),
    "fichier_tronque": (
        "Le fichier {nom} est incomplet : il s'arrête à la ligne {ligne}, avant sa fin. "
        "Le transfert a sans doute été coupé. " + RENVOI
    ),
    "racine_inconnue": (
        "Le fichier {nom} n'est pas un fichier de bénéficiaires du RSA : il s'ouvre par "
        "« {detail} » et non par « Racine ». Demandez à la CAF ou à la MSA le flux mensuel "
        "des bénéficiaires (format vrsb0801)."
    ),
    "dtd_interdite": (
        "Le fichier {nom} contient une déclaration DOCTYPE ou une entité, que le format ne prévoit "
        "pas et qui peut cacher une attaque. Ne l'ouvrez pas ; demandez à la CAF ou à la MSA de "
        "renvoyer le flux d'origine."
    ),
    "encodage": (
        "Le fichier {nom} contient, vers la ligne {ligne}, des caractères qui ne sont pas dans "
        "l'encodage qu'il annonce. Il a sans doute été ouvert puis enregistré par un autre "
        "logiciel. Demandez à la CAF ou à la MSA le fichier d'origine (windows-1252)."
    ),
    "structure_inattendue": (
        "Le fichier {nom} contient à la ligne {ligne} l'élément « {detail} » à une place que le "
        "format ne prévoit pas. Demandez à la CAF ou à la MSA si le format a changé, ou de "
        "renvoyer le fichier."
    ),
    "dossier_demesure": (
        "Le fichier {nom} contient, près de la ligne {ligne}, un dossier plus gros que ce qui est "
        "possible ({detail}). " + RENVOI
    ),
    "entete_illisible": (
        "L'en-tête du fichier {nom} est incomplet : {detail}, ligne {ligne}. Sans lui, on ne sait "
        "pas de quel mois il parle. " + RENVOI
    ),
    "totaux_absents": (
        "Le fichier {nom} ne porte pas ses totaux de contrôle (TransmissionFlux) : rien ne prouve "
        "qu'il est complet. " + RENVOI
    ),
    "totaux_illisibles": (
        "Les totaux de contrôle du fichier {nom} sont illisibles, ligne {ligne} : {detail}. "
        + RENVOI
    ),
    "totaux_faux": (
        "Le fichier {nom} annonce {detail}. Il en manque, ou il y en a trop : rien n'a été pris. "
        + RENVOI
    ),
    "zip_abime": (
        "L'archive {nom} est abîmée et ne peut pas être ouverte. Demandez à la CAF ou à la MSA de "
        "la renvoyer, ou déposez le fichier XML lui-même."
    ),
    "zip_vide": (
        "L'archive {nom} ne contient aucun fichier XML. Vérifiez que c'est bien celle du flux "
        "mensuel."
    ),
    "zip_chiffre": (
        "L'archive {nom} est protégée par un mot de passe. Ouvrez-la, puis déposez le fichier XML "
        "qu'elle contient."
    ),
    "zip_imbrique": (
        "L'archive {nom} contient une autre archive ({detail}). Ouvrez-la, puis déposez les "
        "fichiers XML."
    ),
    "zip_nom_dangereux": (
        "L'archive {nom} contient un fichier au nom dangereux ({detail}), qui chercherait à "
        "s'écrire ailleurs. Ne l'ouvrez pas et prévenez votre service informatique."
    ),
    "zip_membre_inattendu": (
        "L'archive {nom} contient {detail}, qui n'est pas un fichier XML. Retirez-le de "
        "l'archive, ou déposez seulement le fichier XML."
    ),
    "bombe_zip": (
        "L'archive {nom} se déploie démesurément ({detail}) : elle a été refusée sans être "
        "ouverte. Demandez à la CAF ou à la MSA une archive du seul flux mensuel."
    ),
    "champ_introuvable": (
        "Le champ {detail} n'a pas été trouvé dans le dossier à corriger. Demandez à la CAF ou à "
        "la MSA de transmettre ce dossier à nouveau."
    ),
    "valeur_impossible": (
        "La valeur donnée au champ {detail} contient un caractère invisible qui ne peut pas être "
        "enregistré. Retapez-la au clavier."
    ),
    "tableau_illisible": (
        "Le fichier {nom} ne peut pas être lu comme un tableau : {detail}. Enregistrez-le en "
        "XLSX, ODS ou CSV, puis déposez-le à nouveau."
    ),
    "colonnes_absentes": (
        "Le fichier {nom} n'a pas les colonnes attendues : {detail}. Vérifiez que c'est le bon "
        "fichier et que sa première ligne porte les titres des colonnes."
    ),
}


class FichierRefuse(Refus):
    """Un fichier refusé en entier : rien n'en a été pris. `code` est une clé de `PHRASES`."""


def refuser(code: str, *, nom: str = "", ligne: int = 0, detail: str = "") -> FichierRefuse:
    """Rend le refus `code` du fichier `nom`, sa phrase composée."""
    return FichierRefuse(
        code=code, message=PHRASES[code].format(nom=nom, ligne=ligne, detail=detail)
    )
