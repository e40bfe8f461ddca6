// Only for pages that take files: sending them piece by piece, and their fingerprints.
import "./fingerprint.js";
import "./upload.js";
