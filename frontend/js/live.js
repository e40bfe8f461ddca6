// What renews parts of a page comes once the page stands and is drawn, so that the first picture has the way to itself.
const live = document.querySelector("[data-live]");
let missed = null;

function remember({ target }) {
  if (target.closest("[data-hx-trigger]")) missed = target;
}

function come() {
  const script = document.createElement("script");
  script.src = live.dataset.live;
  script.onload = () => {
    document.removeEventListener("input", remember);
    // What somebody was quick to fill in is told once more, now that it is listened to.
    if (missed) ["input", "change"].forEach((type) => missed.dispatchEvent(new Event(type, { bubbles: true })));
  };
  document.head.append(script);
}

if (live) {
  document.addEventListener("input", remember);
  window.addEventListener("load", () => (window.requestIdleCallback || setTimeout)(come));
}
