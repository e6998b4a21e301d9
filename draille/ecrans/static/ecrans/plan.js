/* La carte, à côté d'une table qui dit la même chose : sans ce fichier, la table suffit.
   Aucun serveur de tuiles : les contours des communes viennent du produit. */
(() => {
  "use strict";

  if (window.draillePlan || !window.L) return;
  window.draillePlan = true;
  const L = window.L;
  const sobre = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const doigt = window.matchMedia("(pointer: coarse)").matches;

  const NOMS_AU_PLUS = 12;
  const balise = (classe, texte = "") => {
    const element = document.createElement("span");
    element.className = classe;
    element.textContent = texte;
    return element;
  };
  const personnes = (n) => (n < 2 ? `${n} personne` : `${n} personnes`);
  const epaisseur = (n) => Math.min(14, 1.5 + 1.5 * Math.sqrt(n));
  // Plusieurs séries partent d'une même commune : on écarte leurs départs d'environ un kilomètre.
  const ecarter = ([nord, est], rang, total) => {
    if (total < 2) return [nord, est];
    const angle = (2 * Math.PI * rang) / total;
    return [nord + 0.01 * Math.sin(angle), est + 0.014 * Math.cos(angle)];
  };

  class Plan {
    constructor(figure) {
      this.figure = figure;
      this.donnees = JSON.parse(document.getElementById(figure.dataset.plan).textContent);
      this.dit = figure.querySelector("[data-plan-choix]");
      this.traits = new Map();
      this.epingle = [];
      this.eclairees = "";
    }

    async dresser() {
      let contours = null;
      try {
        const reponse = await fetch(this.figure.dataset.planContours, { credentials: "same-origin" });
        if (reponse.ok) contours = await reponse.json();
      } catch (erreur) {
        contours = null;
      }
      // Sans contours, une carte vide tromperait : la table reste seule.
      if (!contours || contours.features.length === 0) return;
      this.figure.hidden = false;
      this.tracer(contours);
      this.ecouter();
      this.devoiler();
    }

    /* Les boutons des lignes servent dès que leur trait est dessiné, même venus d'un échange. */
    devoiler() {
      for (const bouton of document.querySelectorAll("[data-plan-montrer]")) {
        bouton.hidden = !this.traits.has(bouton.dataset.planMontrer);
      }
    }

    tracer(contours) {
      const cadre = this.figure.querySelector(".plan__cadre");
      this.carte = L.map(cadre, {
        attributionControl: false,
        dragging: !doigt,
        scrollWheelZoom: false,
        zoomControl: false,
        zoomSnap: 0.25,
        zoomAnimation: !sobre,
        fadeAnimation: !sobre,
        inertia: !sobre,
      });
      L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(this.carte);
      L.control.attribution({ prefix: false }).addAttribution(contours.source).addTo(this.carte);
      const servies = new Map();
      for (const t of this.donnees.traits) {
        servies.set(t.commune, (servies.get(t.commune) || 0) + t.nombre);
      }
      this.communes = new Map(contours.features.map((f) => [f.id, f.properties]));
      const ombres = this.donnees.ombres || {};
      const fond = L.geoJSON(contours, {
        style: (f) => this.habiller(ombres[f.id], servies.has(f.id)),
        onEachFeature: (f, couche) => {
          const suite = servies.has(f.id) ? ` : ${personnes(servies.get(f.id))}` : "";
          const mots = ombres[f.id] ? ombres[f.id][1] : f.properties.nom + suite;
          couche.bindTooltip(balise("", mots), { sticky: true });
        },
      }).addTo(this.carte);
      this.emprise = fond.getBounds();
      this.carte.fitBounds(this.emprise, { padding: [8, 8], animate: false });
      this.depart = this.carte.getZoom();
      this.carte.setMinZoom(this.depart - 0.5);
      this.carte.setMaxBounds(this.emprise.pad(0.3));
      this.carte.on("zoomend", () => {
        this.figure.classList.toggle("plan--proche", this.carte.getZoom() >= this.depart + 1);
      });
      this.carte.on("click", () => this.epingler([]));
      this.tracerTraits();
      this.tracerLieux();
      // Le dessin répète la table : un lecteur d'écran lit la table et les choix annoncés.
      this.carte.getPane("overlayPane").setAttribute("aria-hidden", "true");
    }

    /* Une commune ombrée par la page ; les hachures sont un motif de la légende. */
    habiller(ombre, servie) {
      if (!ombre) return { className: `plan__commune${servie ? " plan__commune--servie" : ""}` };
      const hachures = `url(#${this.figure.id}-hachures)`;
      return { className: `plan__ombre plan__ombre--${ombre[0]}`, fillColor: hachures, fillOpacity: 1 };
    }

    tracerTraits() {
      const lieux = new Map(this.donnees.lieux.map((l) => [l.code, l]));
      const series = new Map(this.donnees.series.map((s) => [s.rang, s]));
      const totaux = new Map();
      for (const t of this.donnees.traits) totaux.set(t.commune, (totaux.get(t.commune) || 0) + 1);
      const rangs = new Map();
      for (const t of [...this.donnees.traits].sort((a, b) => b.nombre - a.nombre)) {
        const commune = this.communes.get(t.commune);
        if (!commune || !commune.position) continue;
        const rang = rangs.get(t.commune) || 0;
        rangs.set(t.commune, rang + 1);
        this.tracerTrait(t, {
          lieu: lieux.get(t.lieu),
          serie: series.get(t.serie),
          commune,
          depart: ecarter(commune.position, rang, totaux.get(t.commune)),
        });
      }
    }

    tracerTrait(t, { lieu, serie, commune, depart }) {
      const mots =
        t.libelle ||
        `${commune.nom} vers ${lieu.nom}, ${personnes(t.nombre)} (${serie.rang}, ${serie.nom})`;
      const ligne = L.polyline([depart, [lieu.latitude, lieu.longitude]], {
        className: `plan__trait plan__trait--c${serie.couleur} plan__trait--m${serie.motif}`,
        weight: epaisseur(t.nombre),
        bubblingMouseEvents: false,
      }).addTo(this.carte);
      const numero = balise(`plan__numero plan__numero--c${serie.couleur}`, String(serie.rang));
      const origine = L.marker(depart, {
        icon: L.divIcon({ className: "plan__origine", html: numero, iconSize: [20, 20] }),
        keyboard: false,
        bubblingMouseEvents: false,
      }).addTo(this.carte);
      origine.getElement().setAttribute("aria-hidden", "true");
      for (const couche of [ligne, origine]) {
        couche.bindTooltip(balise("", mots), { sticky: couche === ligne });
        couche.getElement().dataset.planTrait = t.cle;
        couche.on("click", () => this.epingler([t.cle], { defiler: "table" }));
      }
      this.traits.set(t.cle, { t, ligne, origine, mots });
    }

    tracerLieux() {
      // Au-delà, les noms se couvriraient : ils se disent au survol, et dans la table.
      const serres = this.donnees.lieux.length > NOMS_AU_PLUS;
      for (const lieu of this.donnees.lieux) {
        const siens = this.donnees.traits.filter((t) => t.lieu === lieu.code);
        const nombre = siens.reduce((somme, t) => somme + t.nombre, 0);
        const mots = lieu.mots || (siens.length ? `${lieu.nom} : ${personnes(nombre)}` : lieu.nom);
        const forme = `plan__bureau${lieu.est_creux ? " plan__bureau--creux" : ""}${serres ? " plan__bureau--petit" : ""}`;
        const marque = L.marker([lieu.latitude, lieu.longitude], {
          icon: L.divIcon({ className: "plan__lieu", html: balise(forme), iconSize: [24, 24] }),
          title: mots,
          zIndexOffset: 1000,
        }).addTo(this.carte);
        marque.getElement().setAttribute("aria-label", mots);
        marque.bindTooltip(balise("", serres ? mots : lieu.nom), {
          className: "plan__nom",
          direction: "bottom",
          offset: [0, 10],
          permanent: !serres,
        });
        marque.on("click keypress", (e) => {
          if (e.type === "keypress" && e.originalEvent.key !== "Enter") return;
          this.epingler(siens.map((t) => t.cle), { dire: mots });
        });
      }
    }

    /* Éclaire ces traits et leurs lignes de table ; aucune clé : tout redevient égal. */
    eclairer(cles, { devant = true } = {}) {
      const choisies = new Set(cles);
      this.eclairees = cles.join(" ");
      this.figure.classList.toggle("plan--choix", choisies.size > 0);
      for (const [cle, { ligne, origine }] of this.traits) {
        const choisi = choisies.has(cle);
        if (ligne._path) ligne._path.classList.toggle("plan__trait--choisi", choisi);
        origine.getElement().classList.toggle("plan__origine--choisie", choisi);
        if (choisi && devant) ligne.bringToFront();
      }
      for (const rang of document.querySelectorAll("[data-plan-cle]")) {
        const siennes = rang.dataset.planCle.split(" ");
        rang.classList.toggle("plan-ligne", siennes.some((cle) => choisies.has(cle)));
      }
    }

    epingler(cles, { dire = "", defiler = "" } = {}) {
      this.epingle = cles.filter((cle) => this.traits.has(cle));
      for (const bouton of this.figure.querySelectorAll("[data-plan-serie]")) {
        bouton.setAttribute("aria-pressed", "false");
      }
      this.eclairer(this.epingle);
      const premier = this.traits.get(this.epingle[0]);
      this.dit.textContent = dire || (premier ? premier.mots : "");
      if (defiler === "table" && premier) {
        const rang = document.querySelector(`[data-plan-cle~="${CSS.escape(this.epingle[0])}"]`);
        if (rang) rang.scrollIntoView({ block: "nearest", behavior: sobre ? "auto" : "smooth" });
      }
      if (defiler === "carte" && premier) {
        this.figure.scrollIntoView({ block: "nearest", behavior: sobre ? "auto" : "smooth" });
      }
    }

    isoler(bouton) {
      const presse = bouton.getAttribute("aria-pressed") === "true";
      const rang = Number(bouton.dataset.planSerie);
      const cles = this.donnees.traits.filter((t) => t.serie === rang).map((t) => t.cle);
      this.epingler(presse ? [] : cles, { dire: presse ? "" : bouton.textContent.trim() });
      bouton.setAttribute("aria-pressed", String(!presse));
    }

    ecouter() {
      document.addEventListener("htmx:afterSettle", () => {
        this.devoiler();
        this.eclairer(this.epingle);
      });
      // Ce qui est sous la souris ou le clavier s'éclaire ; ailleurs, ce qui est épinglé revient.
      for (const type of ["mouseover", "focusin"]) {
        document.addEventListener(type, (e) => {
          const cible = e.target.closest && e.target.closest("[data-plan-cle], [data-plan-trait]");
          const trait = cible ? cible.dataset.planTrait : "";
          const dites = cible ? trait || cible.dataset.planCle : this.epingle.join(" ");
          // Déplacer dans le document le trait survolé lui ferait perdre la souris.
          if (dites !== this.eclairees) {
            this.eclairer(dites ? dites.split(" ") : [], { devant: !trait });
          }
        });
      }
      document.addEventListener("click", (e) => {
        const montrer = e.target.closest("[data-plan-montrer]");
        if (montrer) this.epingler([montrer.dataset.planMontrer], { defiler: "carte" });
        const serie = e.target.closest("[data-plan-serie]");
        if (serie && this.figure.contains(serie)) this.isoler(serie);
      });
      document.addEventListener("keydown", (e) => {
        if (e.key === "Escape" && this.epingle.length) this.epingler([]);
      });
      this.imprimer();
    }

    /* Le papier est plus étroit que l'écran : le dessin se refait à sa largeur, puis revient. */
    imprimer() {
      const cadre = this.figure.querySelector(".plan__cadre");
      const refaire = (largeur) => {
        cadre.style.width = largeur;
        this.carte.invalidateSize({ animate: false });
        this.carte.fitBounds(this.emprise, { padding: [8, 8], animate: false });
      };
      window.addEventListener("beforeprint", () => refaire("640px"));
      window.addEventListener("afterprint", () => refaire(""));
    }
  }

  const dresserTout = () => {
    for (const figure of document.querySelectorAll("figure[data-plan][hidden]")) {
      if (figure.dataset.planDresse) continue;
      figure.dataset.planDresse = "oui";
      new Plan(figure).dresser();
    }
  };
  document.addEventListener("htmx:afterSettle", dresserTout);
  dresserTout();
})();
