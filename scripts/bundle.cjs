// Takes TypeScript programs to JavaScript. Each run of Slipway starts several, so what it takes to start one counts: all
// files of a program become one, which is quicker than to load them one by one, and is kept until one of them changes.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { dirname, join, relative, resolve } = require("node:path");

/** The checkout. */
const root = join(__dirname, "..");

/** With it the traces of errors name lines of the sources; they cost time at each start. */
const traced = Boolean(process.env.SLIPWAY_TRACE);

/**
 * Packages that are part of a bundle. A program loads all of a package that stays outside; of zod, which is 50 files, a
 * bundle has what it uses: docs/decisions/0003-settings-schema.md.
 */
const inside = ["zod"];

/** Packages that stay outside: loaded when a program starts, as installed. */
const outside = () => {
  const { dependencies, devDependencies } = require("../package.json");
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !inside.includes(name));
};

/** What besides its own files a program's bundle follows from. */
const others = ["scripts/bundle.cjs", "tsconfig.json", "package.json", "node_modules/esbuild/package.json"];

/** What tells a file from what it was: its size and the time of its last change; undefined of one that is gone. */
const stampOf = (file) => {
  const found = statSync(resolve(root, file), { throwIfNoEntry: false });
  return found && `${found.size} ${found.mtimeMs}`;
};

/** Where a program seems to lie as it runs: one folder below the checkout like lib/versions/pins.ts, by which it is found. */
const place = join(__dirname, "bundled.cjs");

const build = (options) => {
  try {
    return require("esbuild").buildSync(options);
  } catch (error) {
    throw new Error(error.message); // which says file, line and reason; the rest is the same for programs
  }
};

/** A program as one file of JavaScript, and the files it was made of. Throws what is wrong with it. */
const bundle = (program) => {
  const { metafile, outputFiles } = build({
    absWorkingDir: root,
    entryPoints: [program],
    outfile: place,
    bundle: true,
    external: outside(),
    platform: "node",
    target: "node20",
    sourcemap: traced ? "inline" : false,
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  return { files: [...Object.keys(metafile.inputs), ...others], text: outputFiles[0].text };
};

/** What was kept of a program, where none of its files has changed since. */
const readKept = (kept) => {
  try {
    const content = readFileSync(kept, "utf8");
    const end = content.indexOf("\n");
    const stamps = Object.entries(JSON.parse(content.slice(0, end)));
    return stamps.every(([file, stamp]) => stampOf(file) === stamp) ? content.slice(end) : undefined;
  } catch {
    return undefined; // not there yet, or damaged
  }
};

/** Keeps a bundle below its files' stamps, whole or not at all; where it cannot be kept it is made anew each time. */
const keep = (kept, stamps, text) => {
  try {
    mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
    writeFileSync(`${kept}.${process.pid}`, `${JSON.stringify(stamps)}\n${text}`);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {}
};

const read = (program) => {
  const name = relative(root, program);
  if (traced || name.startsWith("..")) return bundle(program).text;
  const kept = join(root, ".slipway", "bundles", createHash("sha1").update(name).digest("hex"));
  const before = readKept(kept);
  if (before !== undefined) return before;
  const started = Date.now();
  const { files, text } = bundle(program);
  // One that was written meanwhile may have been read before.
  const settled = files.every((file) => statSync(resolve(root, file)).mtimeMs < started);
  if (settled) keep(kept, Object.fromEntries(files.map((file) => [file, stampOf(file)])), text);
  return text;
};

/** Runs a program, by its absolute path, as the content of a module. */
exports.runBundle = (module, program) => {
  process.setSourceMapsEnabled(traced);
  module._compile(read(program), place);
};
