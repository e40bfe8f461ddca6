// Builds static/dist: one stylesheet, one script for every page, the fonts and the icons that templates use. What only some
// pages need, to renew a part of themselves, to send files and to solve a puzzle, are scripts of their own.
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { browserslistToTargets, transform } from "lightningcss";
import { PurgeCSS } from "purgecss";
import * as sass from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
// Built aside and moved into place whole, so that nobody reads half of it.
const dist = join(modules, ".cache/civicfund-dist");
const destination = join(root, "static/dist");
const FONT_WEIGHTS = [400, 600];
const PRINT_WEIGHTS = ["regular", "600", "700"];
// What a page may weigh at most on its way, in bytes compressed with gzip.
const BUDGETS = [[["app.css"], 35_000], [["app.js", "htmx.js"], 20_000]];
const SCRIPTS = ["app", "htmx", "sending", "puzzle", "near"];
const BROWSERS = ["chrome 99", "edge 99", "firefox 97", "safari 15.4", "ios_saf 15.4"];
// Names completed by a value at run time, which a search of the templates cannot see.
const DYNAMIC_CLASSES = [/^gate--/, /^wizard__step--/, /^row-card__field--/, /^badge--/, /^message--/, /^alert-/, /^boroughs__one--/, /^htmx-/, /^is-/];

async function filesUnder(folder, extension) {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((name) => name.endsWith(extension)).map((name) => join(folder, name));
}

async function buildStyles(templates) {
  const compiled = sass.compile(join(root, "frontend/scss/app.scss"), {
    loadPaths: [modules],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions"],
  });
  const [purged] = await new PurgeCSS().purge({
    content: [...templates, ...(await filesUnder(join(root, "frontend/js"), ".js"))],
    css: [{ raw: compiled.css }],
    safelist: { greedy: DYNAMIC_CLASSES },
    variables: true,
  });
  const { code } = transform({
    filename: "app.css",
    code: Buffer.from(purged.css),
    minify: true,
    targets: browserslistToTargets(BROWSERS),
  });
  await writeFile(join(dist, "app.css"), code);
  return code.length;
}

async function buildScripts() {
  await esbuild.build({
    entryPoints: SCRIPTS.map((name) => join(root, `frontend/js/${name}.js`)),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    outdir: dist,
  });
  return (await readFile(join(dist, "app.js"))).length;
}

async function keepBudgets() {
  for (const [names, most] of BUDGETS) {
    const files = await Promise.all(names.map((name) => readFile(join(dist, name))));
    const weight = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
    if (weight > most) throw new Error(`${names.join(" + ")}: ${weight} bytes compressed; at most ${most} are allowed.`);
  }
}

async function copyFonts() {
  const source = join(modules, "@fontsource/titillium-web/files");
  await mkdir(join(dist, "fonts"), { recursive: true });
  for (const weight of FONT_WEIGHTS) {
    const name = `titillium-web-latin-${weight}-normal.woff2`;
    await copyFile(join(source, name), join(dist, "fonts", name));
  }
  // Receipts are set with the same letters; the typesetter reads no compressed fonts.
  const print = join(modules, "bootstrap-italia/src/fonts/Titillium_Web");
  await mkdir(join(dist, "fonts/print"));
  for (const weight of PRINT_WEIGHTS) {
    const name = `titillium-web-v10-latin-ext_latin-${weight}.ttf`;
    await copyFile(join(print, name), join(dist, "fonts/print", name));
  }
}

async function extractIcons(templates) {
  const names = new Set();
  for (const path of templates) {
    const text = await readFile(path, "utf8");
    for (const [, name] of text.matchAll(/{%\s*icon\s+"([a-z0-9-]+)"/g)) names.add(name);
    for (const [, name] of text.matchAll(/\sicon="([a-z0-9-]+)"/g)) names.add(name);
  }
  const icons = {};
  for (const name of [...names].sort()) {
    const svg = await readFile(join(modules, "bootstrap-italia/src/svg", `it-${name}.svg`), "utf8");
    const [, viewBox] = svg.match(/viewBox="([^"]+)"/);
    const [, body] = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/);
    icons[name] = { viewBox, body: body.replace(/\s+/g, " ").replace(/> </g, "><").trim() };
  }
  await writeFile(join(dist, "icons.json"), JSON.stringify(icons));
  return names.size;
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const templates = await filesUnder(join(root, "templates"), ".html");
const [css, js, , icons] = await Promise.all([
  buildStyles(templates), buildScripts(), copyFonts(), extractIcons(templates),
]);
await keepBudgets();
await rm(destination, { recursive: true, force: true });
await rename(dist, destination);
console.log(`app.css ${Math.round(css / 1024)} kB, app.js ${Math.round(js / 1024)} kB, ${icons} icons`);
