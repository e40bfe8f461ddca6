// The way through what waits: Shift and an arrow follow the page's own links to the next one and the one before.
// Without this file the links do the same.
const LINKS = { ArrowRight: "a[rel=next]", ArrowLeft: "a[rel=prev]" };

document.addEventListener("keydown", (event) => {
  if (!(event.key in LINKS) || !event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], iframe")) return;
  const link = document.querySelector(LINKS[event.key]);
  if (!link) return;
  event.preventDefault();
  location.href = link.href;
});
