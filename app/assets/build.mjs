/* Builds what browsers load: bundles of app/assets/ and the style sheets, into app/static/build/.
 *
 * Which files are entries:
 *   app/assets/*.js          one bundle each (site.js becomes site-HASH.js)
 *   app/assets/*\/*.entry.js  one bundle each (booth/booth.entry.js becomes booth-HASH.js)
 *   app/assets/styles/*.scss without a leading underscore: one style sheet each
 *
 * manifest.json says for each plain name its hashed file and its integrity:
 *   {"site.js": {"file": "site-4F2K7QWE.js", "integrity": "sha384-..."}, "site.css": {...}}
 *
 * A bundle depends on the sources and the locked packages only, so that anybody can rebuild it and compare.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const SOURCES = dirname(fileURLToPath(import.meta.url));
const ROOT = join(SOURCES, "..", "..");
const OUTPUT = join(ROOT, "app", "static", "build");
const ENTRY_SUFFIX = ".entry.js";

async function listFiles(folder, accepts) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && accepts(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

async function findScripts() {
  const folders = (await readdir(SOURCES, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const nested = folders.map((entry) =>
    listFiles(join(SOURCES, entry.name), (name) => name.endsWith(ENTRY_SUFFIX)),
  );
  const top = listFiles(SOURCES, (name) => name.endsWith(".js"));
  const files = (await Promise.all([top, ...nested])).flat();
  return files.map((file) => ({ in: file, out: basename(file).replace(/(\.entry)?\.js$/, "") }));
}

function integrityOf(bytes) {
  return "sha384-" + createHash("sha384").update(bytes).digest("base64");
}

async function buildScripts(folder) {
  const entryPoints = await findScripts();
  const names = entryPoints.map((entry) => entry.out);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) {
    throw new Error(`Two entries are called ${twice}.js; rename one of them.`);
  }
  const { metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints,
    entryNames: "[name]-[hash]",
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
  });
  const built = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) {
      const plain = basename(output.entryPoint).replace(/(\.entry)?\.js$/, ".js");
      const bytes = await readFile(join(ROOT, path));
      built[plain] = { file: basename(path), integrity: integrityOf(bytes) };
    }
  }
  return built;
}

async function buildStyles(folder) {
  const built = {};
  const isSheet = (name) => name.endsWith(".scss") && !name.startsWith("_");
  for (const file of await listFiles(join(SOURCES, "styles"), isSheet)) {
    const name = basename(file, ".scss");
    const { css } = sass.compile(file, {
      style: "compressed",
      loadPaths: [join(ROOT, "node_modules")],
      quietDeps: true,
    });
    const bytes = Buffer.from(css + "\n");
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
    built[`${name}.css`] = { file: `${name}-${hash}.css`, integrity: integrityOf(bytes) };
    await writeFile(join(folder, `${name}-${hash}.css`), bytes);
  }
  return built;
}

/* Builds beside the present files and swaps at the end, so that a failed build leaves them as they were. */
export async function build() {
  await mkdir(dirname(OUTPUT), { recursive: true });
  const fresh = await mkdtemp(`${OUTPUT}.`);
  try {
    const manifest = { ...(await buildScripts(fresh)), ...(await buildStyles(fresh)) };
    await writeFile(join(fresh, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
    await chmod(fresh, 0o755);
    await rm(OUTPUT, { recursive: true, force: true });
    await rename(fresh, OUTPUT);
    return manifest;
  } catch (problem) {
    await rm(fresh, { recursive: true, force: true });
    throw problem;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const manifest = await build();
    console.log(`Built ${Object.keys(manifest).length} files into ${relative(ROOT, OUTPUT)}.`);
  } catch (problem) {
    console.error(`The browser assets could not be built: ${problem.message}`);
    process.exitCode = 1;
  }
}
