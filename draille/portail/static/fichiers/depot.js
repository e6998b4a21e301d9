/* Confort seulement : le champ de fichier suffit. Ici, toute la zone accepte un fichier glissé. */
(() => {
  "use strict";
  const zone = document.querySelector("[data-depot]");
  const champ = zone && zone.querySelector("input[type=file]");
  if (!champ) return;

  const survoler = (oui) => zone.classList.toggle("depot--survol", oui);
  const porteUnFichier = (evenement) => [...evenement.dataTransfer.types].includes("Files");

  for (const type of ["dragenter", "dragover"]) {
    zone.addEventListener(type, (evenement) => {
      if (!porteUnFichier(evenement)) return;
      evenement.preventDefault();
      survoler(true);
    });
  }
  zone.addEventListener("dragleave", (evenement) => {
    if (!zone.contains(evenement.relatedTarget)) survoler(false);
  });
  zone.addEventListener("drop", (evenement) => {
    if (!porteUnFichier(evenement)) return;
    evenement.preventDefault();
    survoler(false);
    champ.files = evenement.dataTransfer.files;
    champ.focus();
  });
})();
