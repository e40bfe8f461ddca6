// Where the reader is, only after a click and never finer than about a kilometre: rounded here, before anything is sent.
const button = document.querySelector("[data-here]");
const field = document.querySelector("[data-around]");
if (button && field && navigator.geolocation) {
  const rounded = (degrees) => degrees.toFixed(2);
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      field.value = `${rounded(coords.latitude)},${rounded(coords.longitude)}`;
      field.form.requestSubmit();
    }, () => {
      document.getElementById("filter-around-help").textContent = button.dataset.denied;
      field.focus();
    }, { maximumAge: 600000, timeout: 10000 });
  });
}
