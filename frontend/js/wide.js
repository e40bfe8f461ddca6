// What a phone unfolds on demand stands open where there is room.
if (window.matchMedia("(min-width: 992px)").matches) {
  document.querySelectorAll("details[data-open-wide]").forEach((one) => { one.open = true; });
}
