/* Confort seulement : chaque page fonctionne sans ce fichier.
   Les écoutes sont posées sur le document, pour tenir après un échange htmx. */
(() => {
  "use strict";

  const casesDe = (maitre) =>
    document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(maitre.dataset.cocheTout)}"]`);

  const dire = (maitre) => {
    const cases = [...casesDe(maitre)];
    const cochees = cases.filter((c) => c.checked).length;
    maitre.checked = cases.length > 0 && cochees === cases.length;
    maitre.indeterminate = cochees > 0 && cochees < cases.length;
    const compte = document.querySelector(`[data-compte-coches="${CSS.escape(maitre.dataset.cocheTout)}"]`);
    if (compte) compte.textContent = String(cochees);
  };

  const devoiler = () => {
    for (const maitre of document.querySelectorAll("input[data-coche-tout]")) {
      maitre.hidden = false;
      dire(maitre);
    }
  };

  document.addEventListener("change", (evenement) => {
    const champ = evenement.target;
    if (!(champ instanceof HTMLInputElement) && !(champ instanceof HTMLSelectElement)) return;
    if (champ.dataset.cocheTout) {
      for (const c of casesDe(champ)) if (!c.disabled) c.checked = champ.checked;
    }
    for (const maitre of document.querySelectorAll("input[data-coche-tout]")) dire(maitre);
    if (champ.dataset.envoyer !== undefined && champ.form) champ.form.requestSubmit();
  });

  // Le menu du compte se ferme par Échap et par un clic au dehors.
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key !== "Escape") return;
    const ouvert = document.querySelector("details.compte[open]");
    if (ouvert) {
      ouvert.open = false;
      ouvert.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (evenement) => {
    const bouton = evenement.target.closest("[data-imprimer]");
    if (bouton) window.print();
    const ouvert = document.querySelector("details.compte[open]");
    if (ouvert && !ouvert.contains(evenement.target)) ouvert.open = false;
  });

  // Un envoi en double ne doit pas partir d'un double clic.
  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    if (formulaire.method.toLowerCase() !== "post") return;
    if (formulaire.dataset.parti === "oui") {
      evenement.preventDefault();
      return;
    }
    formulaire.dataset.parti = "oui";
    window.setTimeout(() => delete formulaire.dataset.parti, 4000);
  });

  let enCours = 0;
  const montrer = () => {
    const barre = document.querySelector(".attente");
    if (barre) barre.classList.toggle("attente--active", enCours > 0);
  };
  document.addEventListener("htmx:beforeRequest", (evenement) => {
    // L'avancement interroge le serveur tout seul : la barre ne doit pas clignoter pour lui.
    if (evenement.target.closest("[data-discret]")) return;
    enCours += 1;
    montrer();
  });
  for (const fin of ["htmx:afterRequest", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(fin, (evenement) => {
      if (evenement.target.closest && evenement.target.closest("[data-discret]")) return;
      if (fin === "htmx:afterRequest") enCours = Math.max(0, enCours - 1);
      montrer();
    });
  }
  document.addEventListener("htmx:afterSettle", (evenement) => {
    devoiler();
    // Après un changement de page sans rechargement, la lecture reprend au contenu.
    if (evenement.detail.boosted) {
      const contenu = document.getElementById("contenu");
      if (contenu) contenu.focus({ preventScroll: true });
    }
  });

  // Un brouillon chiffré ne survit ni à la déconnexion, ni à son heure.
  const menage = (tout) => {
    for (const nom of Object.keys(localStorage).filter((n) => n.startsWith("draille.brouillon."))) {
      if (tout || !(JSON.parse(localStorage.getItem(nom)).expire > Date.now())) localStorage.removeItem(nom);
    }
  };
  document.addEventListener("submit", (e) => e.target.action.endsWith("/logout/") && menage(true));
  menage(false);

  devoiler();
})();
