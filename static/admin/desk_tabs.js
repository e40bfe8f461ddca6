// Tabs of the desk: without this file every part stands below the other, and the links above jump to them.
function makeTabs(box) {
  const tabs = [...box.querySelectorAll(".desk-tabs__tab")];
  const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  const form = box.closest("form");

  function choose(number, focus) {
    tabs.forEach((tab, at) => {
      const chosen = at === number;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panels[at].hidden = !chosen;
    });
    // Saving comes back to the same tab.
    if (form) form.setAttribute("action", location.pathname + location.search + tabs[number].hash);
    if (focus) tabs[number].focus();
  }

  function follow() {
    const wanted = location.hash && document.getElementById(location.hash.slice(1));
    const at = wanted ? panels.findIndex((panel) => panel.contains(wanted)) : -1;
    if (at < 0) return false;
    choose(at);
    if (wanted !== panels[at]) {
      wanted.scrollIntoView({ block: "center" });
      if (wanted.matches("input, select, textarea")) wanted.focus();
    }
    return true;
  }

  box.querySelector(".desk-tabs__list").setAttribute("role", "tablist");
  tabs.forEach((tab, at) => {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panels[at].id);
    panels[at].setAttribute("role", "tabpanel");
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      history.replaceState(null, "", tab.hash);
      choose(at, true);
    });
    tab.addEventListener("keydown", (event) => {
      const last = tabs.length - 1;
      const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      history.replaceState(null, "", tabs[next].hash);
      choose(next, true);
    });
  });
  window.addEventListener("hashchange", follow);
  const faulty = tabs.findIndex((tab) => tab.dataset.errors);
  if (faulty >= 0) choose(faulty);
  else if (!follow()) choose(0);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-desk-tabs]").forEach(makeTabs);
});
