// What renews parts of a page comes once the page stands, so that the first picture has the way to itself.
const live = document.querySelector("[data-live]");
let missed = null;

function remember(event) {
  if (event.target.closest("[data-hx-trigger]")) missed = event.target;
}

function come() {
  const script = document.createElement("script");
  script.src = live.dataset.live;
  script.addEventListener("load", () => {
    document.removeEventListener("input", remember);
    document.removeEventListener("change", remember);
    // What somebody was quick to fill in is told once more, now that it is listened to.
    if (missed) ["input", "change"].forEach((type) => missed.dispatchEvent(new Event(type, { bubbles: true })));
  });
  document.head.append(script);
}

if (live) {
  document.addEventListener("input", remember);
  document.addEventListener("change", remember);
  if (document.readyState === "complete") come();
  else window.addEventListener("load", come);
}
