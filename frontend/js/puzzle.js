// Many payments from one place: the browser does a small piece of work, which costs a person nothing and a program much.
import { search } from "./sha256.js";

const AT_ONCE = 4000;
const form = document.querySelector("[data-puzzle]");

function solve(challenge, done) {
  const bits = Number(challenge.split(".")[1]);
  let next = 0;
  const step = () => {
    const found = search(challenge, bits, next, AT_ONCE);
    next += AT_ONCE;
    if (found >= 0) done(found);
    // The page stays alive between two pieces.
    else setTimeout(step);
  };
  step();
}

if (form && form.elements.puzzle.value) {
  const state = document.querySelector("[data-puzzle-state]");
  let waiting = null;
  state.hidden = false;
  solve(form.elements.puzzle.value, (number) => {
    form.elements.solution.value = String(number);
    state.textContent = state.dataset.ready;
    if (waiting) form.requestSubmit(waiting);
  });
  form.addEventListener("submit", (event) => {
    if (form.elements.solution.value || event.submitter?.name === "by_mail") return;
    event.preventDefault();
    waiting = event.submitter;
    state.textContent = state.dataset.waiting;
  });
}
