// A page that asks the server again is left alone while the answer says the same: nothing is read out twice.
function words(text) {
  return text.replace(/\s+/g, " ").trim();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  if (words(answer.body.textContent) === words(event.detail.target.textContent)) event.detail.shouldSwap = false;
});
