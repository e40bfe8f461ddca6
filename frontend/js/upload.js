// Documents go in pieces, and go on after a lost connection, a closed page or a new day. Without this file the form sends
// them whole.
const LONGEST_WAIT = 30000;
const page = document.querySelector("[data-uploads]");

function token() {
  return page.querySelector("[name=csrfmiddlewaretoken]").value;
}

function wait(milliseconds) {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });
}

// Everything the server answers in JSON; a lost connection and a server in trouble are tried again by the caller.
async function ask(address, method, body, headers = {}) {
  const answer = await fetch(address, {
    method, body, headers: { "X-CSRFToken": token(), ...headers }, credentials: "same-origin",
  });
  if (answer.status >= 500) throw new TypeError("later");
  return { status: answer.status, told: await answer.json().catch(() => ({})) };
}

class Sending {
  constructor(form, file) {
    this.form = form;
    this.file = file;
    this.box = document.createElement("div");
    this.box.className = "sending";
    this.words = document.createElement("p");
    this.bar = document.createElement("progress");
    this.bar.max = file.size;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.stop = document.createElement("button");
    this.stop.type = "button";
    this.stop.className = "link-button";
    this.stop.textContent = page.dataset.giveUp;
    this.stop.addEventListener("click", () => this.giveUp());
    this.box.append(this.words, this.bar, this.stop);
    form.querySelector("[data-sendings]").append(this.box);
    this.loud = form.querySelector("[data-told]");
    this.quarter = -1;
  }

  tell(name, { aloud = true } = {}) {
    const percent = this.file.size ? Math.floor((100 * this.bar.value) / this.file.size) : 0;
    const text = page.dataset[name].replace("%(name)s", this.file.name).replace("%(percent)s", percent);
    this.words.textContent = text;
    if (aloud) this.loud.textContent = text;
  }

  // Read out at every quarter only.
  progress(offset) {
    this.bar.value = offset;
    const quarter = Math.floor((4 * offset) / this.file.size);
    this.tell("sending", { aloud: quarter !== this.quarter });
    this.quarter = quarter;
  }

  async giveUp() {
    this.over = true;
    if (this.address) await ask(this.address, "DELETE").catch(() => {});
    this.end("givenUp");
  }

  end(name) {
    this.over = true;
    this.tell(name);
    this.bar.remove();
    this.stop.remove();
  }

  refuse(words) {
    this.over = true;
    this.box.remove();
    const place = this.form.querySelector("[data-error]");
    const line = document.createElement("p");
    line.textContent = `${this.file.name}: ${words}`;
    place.append(line);
    place.hidden = false;
    const input = this.form.querySelector("input[type=file]");
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }

  // Ask again and again, a little later each time, until the connection is back.
  async surely(...question) {
    for (let pause = 1000; !this.over; pause = Math.min(2 * pause, LONGEST_WAIT)) {
      try {
        return await ask(...question);
      } catch {
        this.tell("waiting");
        await wait(pause);
      }
    }
    return null;
  }

  async begin() {
    // A partner's signed letter is no document of the call: it names none, and has an address of its own.
    const { requirement, replaces } = this.form.elements;
    const about = {
      requirement: requirement?.value, replaces: replaces.value, name: this.file.name, size_bytes: this.file.size,
      mark: `${this.file.size}-${this.file.lastModified}-${this.file.name}`.slice(0, 100),
    };
    return this.surely(this.form.dataset.upload || page.dataset.uploads, "POST", JSON.stringify(about), { "Content-Type": "application/json" });
  }

  // What an answer other than "go on" means; true when there is nothing more to do.
  isEnd(answer) {
    if (!answer || this.over) return true;
    if (answer.told.kept) return false;
    if (answer.told.words) this.refuse(answer.told.words);
    else if (answer.status === 401) this.end("signedOut");
    else if (answer.status >= 400 && answer.status !== 409) this.end("failed");
    return this.over;
  }

  async run() {
    this.tell("sending");
    const begun = await this.begin();
    if (this.isEnd(begun)) return false;
    this.address = begun.told.address;
    let offset = begun.told.offset;
    while (offset < this.file.size) {
      this.progress(offset);
      const piece = this.file.slice(offset, offset + begun.told.piece);
      let answer = await this.surely(this.address, "PUT", piece, { "Upload-Offset": String(offset) });
      if (this.isEnd(answer)) return false;
      if (answer.told.kept) break;
      offset = answer.told.offset;
    }
    this.progress(this.file.size);
    this.tell("checking");
    const kept = await this.surely(this.address, "POST");
    if (this.isEnd(kept)) return false;
    this.end("kept");
    return true;
  }
}

// Without this file a form sends one file; one that replaces another is always one.
function allowSeveral() {
  page.querySelectorAll("form[data-upload]").forEach(({ elements }) => { elements.file.multiple = !elements.replaces.value; });
}

// The server draws the page; only what has changed is put in its place.
async function refresh(section, words) {
  const answer = await fetch(location.pathname, { credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const places = [section.id, "missing"].map((id) => [document.getElementById(id), fresh.getElementById(id)]);
  for (const [old, next] of places) if (old && next) old.replaceWith(document.importNode(next, true));
  const lists = document.querySelectorAll(".wizard__steps");
  const drawn = fresh.querySelectorAll(".wizard__steps");
  lists.forEach((list, number) => drawn[number] && list.replaceWith(document.importNode(drawn[number], true)));
  allowSeveral();
  const place = document.getElementById(section.id);
  const told = place.querySelector("[data-told]");
  if (told) told.textContent = words;
  const title = place.querySelector("h2, h3");
  title.tabIndex = -1;
  title.focus();
}

async function send(form, files) {
  const error = form.querySelector("[data-error]");
  error.replaceChildren();
  error.hidden = true;
  form.querySelector("input[type=file]").removeAttribute("aria-invalid");
  let last = null;
  // One after the other: a phone's connection is not divided.
  for (const sending of [...files].map((file) => new Sending(form, file))) {
    if (!sending.over && (await sending.run())) {
      last = sending;
      form.elements.replaces.value = "";
    }
  }
  // A refused one stays before the eyes: the page is drawn again only when all have arrived.
  if (last && error.hidden) await refresh(form.closest("section"), last.words.textContent);
  form.elements.file.value = "";
}

if (page) {
  page.classList.add("is-live");
  page.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (form && event.target.files?.length) send(form, event.target.files);
  });
  page.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form || !form.elements.file.files.length) return;
    event.preventDefault();
  });
  allowSeveral();
}
