// Everything works without this file; it only spares a few steps.
import "htmx.org";
import "./fingerprint.js";
import "./gate.js";
import "./menu.js";
import "./poll.js";
import "./promise.js";
import "./puzzle.js";
import "./share.js";
import "./upload.js";
