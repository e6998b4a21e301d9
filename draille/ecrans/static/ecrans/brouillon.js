/* Confort : sans ce fichier, le formulaire se poste tel quel.
   Avec lui, ce qui est écrit se garde chiffré sur l'appareil, survit à une coupure et part une fois.
   La clé vient de la page : sans connexion à Draille, ce qui reste sur l'appareil ne se lit pas. */
(() => {
  "use strict";

  const formulaire = document.querySelector("form[data-brouillon]");
  if (!formulaire || !window.crypto || !window.crypto.subtle) return;

  const PREFIXE = "draille.brouillon.";
  const SIEN = `${PREFIXE}${formulaire.dataset.brouillon}.`;
  const DUREE_MS = Number(formulaire.dataset.brouillonHeures) * 3600 * 1000;
  const REPRISE_MS = 15000;
  const ATTENTE_MS = 20000;
  const bandeau = document.querySelector("[data-brouillon-bandeau]");
  const temoin = document.querySelector("[data-brouillon-temoin]");
  const champEnvoi = formulaire.elements.namedItem("envoi");
  const zones = () => [...formulaire.querySelectorAll("[data-brouillon-zone]")];

  let cle = null;
  let etat = "saisie";
  let touche = false;
  let commence = Date.now();
  let attente = 0;
  let enCours = false;
  let encore = false;
  let parti = false;
  let chaine = Promise.resolve();

  // --- ce qui est gardé ------------------------------------------------------------------------

  const enTexte = (octets) => btoa(String.fromCharCode(...new Uint8Array(octets)));
  const enOctets = (texte) => Uint8Array.from(atob(texte), (c) => c.charCodeAt(0));

  const chiffrer = async (objet) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const clair = new TextEncoder().encode(JSON.stringify(objet));
    const chiffre = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cle, clair));
    let binaire = "";
    for (const octet of chiffre) binaire += String.fromCharCode(octet);
    return { iv: enTexte(iv), contenu: btoa(binaire) };
  };
  const dechiffrer = async (garde) => {
    const clair = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: enOctets(garde.iv) }, cle, enOctets(garde.contenu));
    return JSON.parse(new TextDecoder().decode(clair));
  };

  const gardes = () => {
    const lus = [];
    for (const nom of Object.keys(localStorage)) {
      if (!nom.startsWith(SIEN)) continue;
      try {
        lus.push({ nom, envoi: nom.slice(SIEN.length), ...JSON.parse(localStorage.getItem(nom)) });
      } catch (erreur) {
        localStorage.removeItem(nom);
      }
    }
    return lus.sort((a, b) => b.expire - a.expire);
  };
  const oublier = (envoi) => localStorage.removeItem(SIEN + envoi);

  const lireChamps = () =>
    [...new FormData(formulaire)].filter(
      ([nom, valeur]) => nom !== "csrfmiddlewaretoken" && typeof valeur === "string");

  // Ce qui ne vaut que pour une réponse (un nom, si elle le dit) n'est sinon ni gardé ni envoyé.
  const accorder = () => {
    for (const partie of formulaire.querySelectorAll("[data-si]")) {
      const [nom, valeur] = partie.dataset.si.split(":");
      const tenu = formulaire.elements.namedItem(nom).value === valeur;
      partie.toggleAttribute("data-tu", !tenu);
      for (const champ of partie.querySelectorAll("input, select, textarea")) champ.disabled = !tenu;
    }
  };

  // Les écritures se suivent : une plus ancienne ne doit pas recouvrir la dernière.
  const garder = () => {
    window.clearTimeout(attente);
    const envoi = champEnvoi.value;
    const objet = {
      champs: lireChamps(),
      zones: zones().map((zone) => [zone.id, zone.hasAttribute("data-tu") ? "" : zone.innerHTML]),
      ouverts: [...formulaire.querySelectorAll("details[open][id]")].map((d) => d.id),
      commence,
    };
    const voulu = etat;
    chaine = chaine.then(async () => {
      const garde = await chiffrer(objet);
      if (parti) return;
      const fiche = { expire: Date.now() + DUREE_MS, etat: voulu, ...garde };
      localStorage.setItem(SIEN + envoi, JSON.stringify(fiche));
      if (temoin) temoin.textContent = `Gardé sur cet appareil à ${heure(Date.now())}`;
    }).catch(() => dire("genet", "Cet appareil ne peut pas garder de brouillon : enregistrez sans quitter la page."));
    return chaine;
  };

  const poser = (objet, envoi) => {
    for (const [id, html] of objet.zones) {
      const zone = document.getElementById(id);
      // Le contenu sort d'un sceau dont la page seule a la clé : c'est le sien.
      if (zone) zone.innerHTML = html;
      if (zone && window.htmx) window.htmx.process(zone);
    }
    const valeurs = new Map();
    for (const [nom, valeur] of objet.champs) {
      valeurs.set(nom, [...(valeurs.get(nom) || []), valeur]);
    }
    for (const champ of formulaire.elements) {
      if (!champ.name || champ.name === "csrfmiddlewaretoken") continue;
      const siennes = valeurs.get(champ.name) || [];
      if (champ.type === "checkbox" || champ.type === "radio") {
        champ.checked = siennes.includes(champ.value);
      } else if (champ.type !== "submit") {
        champ.value = siennes.shift() ?? "";
      }
    }
    champEnvoi.value = envoi;
    accorder();
    for (const id of objet.ouverts || []) {
      const volet = document.getElementById(id);
      if (volet) volet.open = true;
    }
    commence = objet.commence;
    touche = true;
  };

  // --- ce qui se dit ---------------------------------------------------------------------------

  const heure = (instant) =>
    new Date(instant).toLocaleTimeString("fr-FR", { hour: "numeric", minute: "2-digit" }).replace(":", " h ");

  const dire = (ton, phrase, gestes = []) => {
    bandeau.replaceChildren();
    bandeau.hidden = !phrase;
    if (!phrase) return;
    bandeau.className = `avis avis--${ton} brouillon`;
    const mots = document.createElement("p");
    mots.textContent = phrase;
    const rang = document.createElement("p");
    rang.className = "rang mb-0";
    for (const { libelle, faire, url } of gestes) {
      const geste = document.createElement(url ? "a" : "button");
      geste.className = "bouton bouton--second bouton--petit";
      geste.textContent = libelle;
      if (url) geste.href = url;
      else geste.type = "button";
      if (faire) geste.addEventListener("click", faire);
      rang.append(geste);
    }
    bandeau.append(mots, rang);
  };
  const combien = (n) => (n < 2 ? "Un accueil attend" : `${n} accueils attendent`);
  const enAttente = () => gardes().filter((g) => g.etat === "a_envoyer");

  const direHorsLigne = () =>
    dire("genet", "Hors ligne : gardé sur cet appareil. Rien n'est perdu, continuez : l'envoi se fera au retour de la connexion.");
  const direEnAttente = () =>
    dire("genet",
      "Hors ligne : gardé sur cet appareil. L'accueil partira seul au retour de la connexion, une seule fois.",
      [{ libelle: "Recevoir une autre personne", faire: recommencer },
        { libelle: "Essayer maintenant", faire: relever }]);

  // --- recommencer, reprendre ------------------------------------------------------------------

  function recommencer() {
    window.clearTimeout(attente);
    formulaire.reset();
    for (const zone of zones()) zone.replaceChildren();
    for (const volet of formulaire.querySelectorAll("details[open]")) volet.open = false;
    champEnvoi.value = crypto.randomUUID();
    accorder();
    etat = "saisie";
    touche = false;
    commence = Date.now();
    prendreHeure();
    if (temoin) temoin.textContent = "";
    const reste = enAttente().length;
    dire("genet", reste ? `${combien(reste)} la connexion sur cet appareil.` : "");
    const premier = formulaire.querySelector("[data-premier]");
    if (premier) premier.focus();
  }

  const jeter = () => {
    oublier(champEnvoi.value);
    recommencer();
  };

  const reprendre = async (garde) => {
    poser(await dechiffrer(garde), garde.envoi);
    etat = garde.etat;
    dire("eau", `Voici l'accueil commencé à ${heure(commence)} sur cet appareil, tel que vous l'aviez laissé.`,
      [{ libelle: "Effacer et recommencer", faire: jeter }]);
  };

  const prendreHeure = () => {
    const champ = formulaire.elements.namedItem("heure");
    if (champ && !champ.value && formulaire.dataset.brouillonPose === undefined) {
      champ.value = new Date().toTimeString().slice(0, 5);
    }
  };

  // --- l'envoi ---------------------------------------------------------------------------------

  const poster = async (champs) => {
    const corps = new URLSearchParams(champs);
    corps.set("csrfmiddlewaretoken", formulaire.elements.namedItem("csrfmiddlewaretoken").value);
    let reponse = null;
    try {
      reponse = await fetch(formulaire.action, {
        method: "POST",
        body: corps,
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        signal: AbortSignal.timeout(ATTENTE_MS),
      });
    } catch (erreur) {
      return { sort: "hors_ligne" };
    }
    if (reponse.status >= 500) return { sort: "hors_ligne" };
    // Une session finie renvoie à la connexion, ou refuse le jeton de la page.
    if (reponse.redirected || reponse.status === 403) return { sort: "session" };
    if (!reponse.ok) return { sort: "a_corriger" };
    return { sort: "ecrit", url: (await reponse.json()).url };
  };

  const suivre = (envoi, { sort, url }) => {
    const estCourant = envoi === champEnvoi.value;
    if (sort === "ecrit") {
      if (estCourant) window.clearTimeout(attente);
      oublier(envoi);
      if (!estCourant) return dire("pature", "Un accueil gardé hors ligne vient de partir.", [{ libelle: "L'ouvrir", url }]);
      touche = false;
      return window.location.assign(url);
    }
    if (sort === "session") {
      return dire("genet", "Votre connexion à Draille a pris fin. L'accueil est gardé sur cet appareil : reconnectez-vous, il y sera.",
        [{ libelle: "Se reconnecter", url: window.location.href }]);
    }
    if (sort === "hors_ligne") return estCourant ? direEnAttente() : undefined;
    if (!estCourant) {
      return dire("genet", "Un accueil gardé hors ligne demande une précision avant de partir.",
        [{ libelle: "Le reprendre", faire: () => rouvrir(envoi) }]);
    }
    // La page du serveur dit l'erreur au bon endroit, comme sans ce fichier.
    etat = "saisie";
    return garder().then(() => formulaire.submit());
  };

  const rouvrir = async (envoi) => {
    const garde = gardes().find((g) => g.envoi === envoi);
    if (!garde) return;
    if (touche) await garder();
    await reprendre({ ...garde, etat: "saisie" });
  };

  async function relever() {
    if (enCours) {
      encore = true;
      return;
    }
    enCours = true;
    encore = false;
    try {
      for (const garde of enAttente()) {
        const { champs } = await dechiffrer(garde);
        const suite = await poster(champs);
        await suivre(garde.envoi, suite);
        if (suite.sort === "hors_ligne" || suite.sort === "session") break;
      }
    } finally {
      enCours = false;
    }
    if (encore) await relever();
  }

  const soumettre = async (evenement) => {
    evenement.preventDefault();
    if (etat === "a_envoyer" || !formulaire.reportValidity()) return;
    etat = "a_envoyer";
    await garder();
    dire("eau", "Enregistrement…");
    await relever();
  };

  // --- les écoutes -----------------------------------------------------------------------------

  const noter = (evenement) => {
    if (evenement.target.closest("[data-brouillon-bandeau]")) return;
    touche = true;
    accorder();
    if (etat === "a_envoyer") {
      etat = "saisie";
      dire("genet", "Vous l'avez modifié : enregistrez-le de nouveau.");
    }
    window.clearTimeout(attente);
    attente = window.setTimeout(garder, 300);
  };

  // Un chiffre coche un besoin, seulement quand le clavier est dans leur groupe.
  const raccourci = (evenement) => {
    if (evenement.key === "Enter" && (evenement.ctrlKey || evenement.metaKey)) {
      evenement.preventDefault();
      formulaire.requestSubmit();
      return;
    }
    if (evenement.ctrlKey || evenement.altKey || evenement.metaKey) return;
    const groupe = evenement.target.closest("[data-raccourcis]");
    if (!groupe || evenement.target.type !== "checkbox") return;
    const cases = groupe.querySelectorAll(`input[data-touche="${CSS.escape(evenement.key.toLowerCase())}"]`);
    if (cases.length !== 1) return;
    evenement.preventDefault();
    cases[0].focus();
    cases[0].click();
  };

  const commencer = async () => {
    const maitre = JSON.parse(document.getElementById("brouillon-cle").textContent);
    cle = await crypto.subtle.importKey("raw", enOctets(maitre), "AES-GCM", false, ["encrypt", "decrypt"]);
    const tous = gardes();
    const estPose = formulaire.dataset.brouillonPose !== undefined;
    const laisses = tous.filter((g) => g.etat === "saisie" && g.envoi !== champEnvoi.value);
    formulaire.addEventListener("input", noter);
    formulaire.addEventListener("submit", soumettre);
    formulaire.addEventListener("keydown", raccourci);
    formulaire.addEventListener("htmx:afterSettle", () => { accorder(); if (touche) garder(); });
    window.addEventListener("offline", () => (etat === "a_envoyer" ? direEnAttente() : direHorsLigne()));
    window.addEventListener("online", enLigne);
    // La déconnexion efface tout : rien ne doit se réécrire pendant que la page s'en va.
    document.addEventListener("submit", (e) => { parti ||= e.target.action.endsWith("/logout/"); }, true);
    document.addEventListener("visibilitychange", () => { if (touche && document.hidden) garder(); });
    window.setInterval(() => { if (enAttente().length) relever(); }, REPRISE_MS);

    if (!estPose && laisses.length && formulaire.dataset.brouillonNeuf === undefined) {
      await reprendre(laisses[0]).catch(() => oublier(laisses[0].envoi));
    } else if (laisses.length) {
      dire("eau", "Un autre accueil commencé sur cet appareil n'est pas enregistré.",
        [{ libelle: "Le reprendre", faire: () => rouvrir(laisses[0].envoi) }]);
    }
    prendreHeure();
    accorder();
    if (!navigator.onLine) direHorsLigne();
    formulaire.dataset.brouillonPret = "oui";
    if (enAttente().length) await relever();
  };

  const enLigne = () => {
    if (enAttente().length) relever();
    else dire("pature", "La connexion est revenue.");
    for (const zone of zones()) if (window.htmx) window.htmx.trigger(zone, "retour-en-ligne");
  };

  commencer();
})();
