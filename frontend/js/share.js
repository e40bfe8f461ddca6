// Copy what a button names.
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("span").textContent = button.dataset.done;
  });
});

// Share with the device's own sheet where there is one, otherwise copy the link.
document.querySelectorAll("[data-share]").forEach((button) => {
  const { title, url, done } = button.dataset;
  const label = button.querySelector("span");
  if (!navigator.share && !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) {
        await navigator.share({ title, url });
      } else {
        await navigator.clipboard.writeText(url);
        label.textContent = done;
      }
    } catch {
      // The reader closed the sheet: nothing was to happen.
    }
  });
});
