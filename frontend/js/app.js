// Everything works without this file; it only spares a few steps.
import "./gate.js";
import "./live.js";
import "./menu.js";
import "./poll.js";
import "./promise.js";
import "./share.js";
import "./wide.js";
