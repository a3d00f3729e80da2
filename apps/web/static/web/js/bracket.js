// Pointing at a team, or focusing its match, marks that team's whole path through the bracket.
for (const bracket of document.querySelectorAll("[data-trace]")) {
  const mark = (team) => {
    for (const side of bracket.querySelectorAll("[data-team]")) {
      side.classList.toggle("is-traced", Boolean(team) && side.dataset.team === team);
    }
  };
  bracket.addEventListener("pointerover", (event) => mark(event.target.closest("[data-team]")?.dataset.team));
  bracket.addEventListener("pointerleave", () => mark(null));
  bracket.addEventListener("focusin", (event) => {
    const node = event.target.closest(".node");
    mark(node?.querySelector(".side--won[data-team]")?.dataset.team ?? null);
  });
  bracket.addEventListener("focusout", () => mark(null));
}
