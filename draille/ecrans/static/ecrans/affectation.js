/* Confort seulement : chaque page fonctionne sans ce fichier.
   Déposer une ligne sur un référent ouvre le formulaire de changement, où l'on écrit la raison ;
   les flèches passent d'une ligne à l'autre pendant la relecture. */
(() => {
  "use strict";

  let prise = null;

  const depots = () => document.querySelectorAll("[data-depot]");
  const poser = (ligne) => ligne.setAttribute("draggable", "true");
  const lacher = () => {
    if (prise) prise.classList.remove("glisse");
    prise = null;
    for (const depot of depots()) depot.classList.remove("depot--ouvert", "depot--survol");
  };
  const sous = (evenement) =>
    evenement.target instanceof Element ? evenement.target.closest("[data-depot]") : null;

  const preparer = () => {
    if (depots().length) document.querySelectorAll("[data-ligne]").forEach(poser);
    const aide = document.querySelector("[data-aide-glisser]");
    if (aide && depots().length) aide.hidden = false;
  };

  document.addEventListener("dragstart", (evenement) => {
    const ligne = evenement.target instanceof Element && evenement.target.closest("[data-ligne]");
    if (!ligne) return;
    prise = ligne;
    evenement.dataTransfer.effectAllowed = "move";
    // Un nom de personne ne doit pas sortir de la page par le presse-papiers du glisser.
    evenement.dataTransfer.clearData();
    evenement.dataTransfer.setData("text/plain", ligne.dataset.ligne);
    ligne.classList.add("glisse");
    for (const depot of depots()) depot.classList.add("depot--ouvert");
  });
  document.addEventListener("dragend", lacher);
  document.addEventListener("dragover", (evenement) => {
    const depot = prise && sous(evenement);
    if (!depot) return;
    evenement.preventDefault();
    evenement.dataTransfer.dropEffect = "move";
    for (const autre of depots()) autre.classList.toggle("depot--survol", autre === depot);
  });
  document.addEventListener("drop", (evenement) => {
    const depot = prise && sous(evenement);
    if (!depot) return;
    evenement.preventDefault();
    const adresse = new URL(prise.dataset.changer, window.location.href);
    adresse.searchParams.set("agent", depot.dataset.depot);
    lacher();
    window.location.assign(adresse);
  });

  // Les flèches servent ailleurs : dans une saisie, une carte ou un tableau qui défile.
  const occupee = (element) =>
    element instanceof Element &&
    element.closest("input, select, textarea, [contenteditable], .leaflet-container, .tableau__zone, details.compte") !== null;

  document.addEventListener("keydown", (evenement) => {
    if (evenement.altKey || evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
    if (occupee(document.activeElement)) return;
    const lien = document.querySelector(`a[aria-keyshortcuts="${CSS.escape(evenement.key)}"]`);
    if (!lien) return;
    evenement.preventDefault();
    lien.click();
  });

  preparer();
})();
