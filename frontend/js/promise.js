// The promise beside the amount follows the amount chosen; the server wrote every sentence of it.
const form = document.querySelector("[data-promise-form]");
const box = form && form.querySelector("[data-promises]");

function euro(cents) {
  const decimals = cents % 100 ? 2 : 0;
  return new Intl.NumberFormat(document.documentElement.lang || "it", {
    style: "currency",
    currency: "EUR",
    useGrouping: "always",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(cents / 100);
}

// Only plain amounts are previewed; the server reads and judges what was typed.
function typedCents(text) {
  const match = text.trim().match(/^(\d{1,6})(?:[.,](\d{1,2}))?$/);
  return match ? Number(match[1]) * 100 + Number((match[2] || "0").padEnd(2, "0")) : 0;
}

function fill(template, cents, missing) {
  const words = template.content.cloneNode(true);
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    node.data = node.data.replaceAll("[amount]", euro(cents)).replaceAll("[missing]", euro(missing));
  }
  return words;
}

function showPrepared(choice) {
  box.querySelectorAll("[data-promise]").forEach((promise) => {
    promise.hidden = promise.dataset.promise !== choice;
  });
}

function showTyped(input) {
  const cents = typedCents(input.value);
  box.querySelectorAll("[data-promise]").forEach((promise) => { promise.hidden = true; });
  box.hidden = cents === 0;
  if (cents === 0) return;
  const missing = Number(box.dataset.missing) - cents;
  const template = box.querySelector(`template[data-typed="${missing > 0 ? "missing" : "reaches"}"]`);
  const words = fill(template, cents, Math.max(0, missing));
  words.firstElementChild.dataset.typed = "";
  box.append(words);
}

function update() {
  const chosen = form.querySelector("input[name$='amount_choice']:checked");
  const other = form.querySelector("[data-other-amount]");
  const input = other.querySelector("input");
  const isOther = chosen && chosen.value === "other";
  box.querySelectorAll("p[data-typed]").forEach((words) => words.remove());
  other.hidden = !isOther;
  box.hidden = false;
  if (isOther) showTyped(input);
  else if (chosen) showPrepared(chosen.value);
}

if (box) {
  form.addEventListener("change", update);
  form.addEventListener("input", update);
  update();
}
