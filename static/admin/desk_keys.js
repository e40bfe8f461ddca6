// The library draws some buttons that only a mouse can press, the menu of a phone and of the own account among them: keys press them too.
const MENU = /sidebar(Mobile|Desktop)Open = !/;

function nameOf(sign, does) {
  if (MENU.test(does)) return "Menu";
  if (!does.startsWith("openTabsDropdown")) return "";
  return [...sign.parentElement.querySelectorAll("nav a")].map((one) => one.textContent.trim()).join(", ");
}

function makeButton(sign) {
  const does = sign.getAttribute("x-on:click");
  sign.setAttribute("role", "button");
  sign.tabIndex = 0;
  // Queues go behind the dots, and come back, with the width of the window.
  const tell = () => nameOf(sign, does) && sign.setAttribute("aria-label", nameOf(sign, does));
  tell();
  sign.addEventListener("focus", tell);
  sign.addEventListener("keydown", (event) => {
    if (event.target !== sign || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    sign.click();
  });
}

// After the library's own work, which moves the queues that do not fit.
window.addEventListener("load", () => {
  const drawn = [...document.querySelectorAll("[x-on\\:click]")];
  const mute = drawn.filter((one) => !one.matches("a[href], button, input, select, textarea, label, summary, [tabindex]"));
  // What has no words is the ground behind an open part: a click there closes it, and so does its own button.
  mute.filter((one) => one.textContent.trim()).forEach(makeButton);
});
