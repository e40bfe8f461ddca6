// The gate's opening is shown once to each visitor; the stylesheet leaves it out under reduced motion.
function openOnce(gate) {
  if (!gate.matches(".gate--released, .gate--above")) return;
  const key = `gate:${gate.dataset.gate}`;
  try {
    if (localStorage.getItem(key)) return;
    localStorage.setItem(key, "open");
  } catch {
    return;
  }
  gate.classList.add("is-opening");
}

function openGates(root) {
  root.querySelectorAll("[data-gate]").forEach(openOnce);
}

openGates(document);
document.addEventListener("htmx:afterSwap", () => openGates(document));

// The bar at the foot of a phone's screen waits until the panel with the same button has gone.
const panel = document.querySelector("[data-panel]");
const bar = document.querySelector("[data-givebar]");
if (panel && bar && "IntersectionObserver" in window) {
  new IntersectionObserver(([entry]) => bar.classList.toggle("is-away", entry.isIntersecting)).observe(panel);
}
