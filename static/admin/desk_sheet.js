// The score sheet: the total while somebody types, drafts kept by themselves.
// Without this file everything works by the buttons: the total is told after saving.
const sheet = document.querySelector("[data-sheet]");
const TYPED = /^(\d{1,5})(?:[.,](\d{1,2}))?$/;

function hundredths(text) {
  const found = text.trim().match(TYPED);
  return found ? Number(found[1]) * 100 + Number((found[2] || "").padEnd(2, "0")) : null;
}

function total() {
  let earned = 0n, over = 0n, all = 0n, whole = true;
  sheet.querySelectorAll(".sheet__points").forEach((input) => {
    const weight = BigInt(input.dataset.weight), most = BigInt(input.dataset.max);
    const left = input.closest(".sheet__line").querySelector(".sheet__na").checked;
    const points = hundredths(input.value);
    all += most * weight;
    if (left) return;
    if (points === null || BigInt(points) > most * 100n) whole = false;
    else { earned += BigInt(points) * weight; over += most * weight; }
  });
  if (!whole || !over) return null;
  // Halves are rounded up to the hundredth, in whole numbers, as the page does.
  const top = earned * all, bottom = over * 10000n;
  return (2n * top + bottom) / (2n * bottom);
}

function shown(value, output) {
  if (value === null) return output.dataset.none;
  const mark = document.documentElement.lang.startsWith("it") ? "," : ".";
  const rest = String(value % 100n).padStart(2, "0").replace(/0+$/, "");
  return `${value / 100n}${rest ? mark + rest : ""}`;
}

if (sheet) {
  const output = sheet.querySelector("[data-total]"), state = sheet.querySelector("[data-state]");
  let dirty = false, waiting = null;

  const keep = async () => {
    const data = new FormData(sheet);
    data.set("do", "quietly");
    dirty = false;
    try {
      const answer = await fetch(location.href, { method: "POST", body: data, redirect: "manual", headers: { "X-Requested-With": "fetch" } });
      if (answer.status !== 204) throw new Error(answer.status);
      state.textContent = sheet.dataset.kept.replace("[time]", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    } catch {
      dirty = true;
      state.textContent = sheet.dataset.lost;
    }
  };

  const typed = () => {
    output.textContent = shown(total(), output);
    dirty = true;
    state.textContent = sheet.dataset.unsaved;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 4000);
  };

  // Points beside "does not apply" would contradict it: they stay where they are, and are not sent.
  const settle = () => sheet.querySelectorAll(".sheet__line").forEach((line) => {
    line.querySelector(".sheet__points").disabled = line.querySelector(".sheet__na").checked;
  });

  settle();
  sheet.addEventListener("input", () => { settle(); typed(); });
  sheet.addEventListener("submit", () => { dirty = false; clearTimeout(waiting); });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  sheet.querySelector(".desk-faults")?.focus();
}
