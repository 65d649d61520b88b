// Bundles TypeScript programs as JavaScript. Each run of Slipway starts several programs, so their start must be fast. One
// file loads faster than many. A bundle is stored until one of its files changes.
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { dirname, join, relative, resolve } = require("node:path");

/** The checkout. */
const root = join(__dirname, "..");

/** If true, stack traces have lines of the sources, which costs time at each start. */
const traced = Boolean(process.env.SLIPWAY_TRACE);

/**
 * Packages that are part of a bundle. A bundle contains only the used parts of zod, which has 50 files. An external package
 * is loaded completely. See docs/decisions/0003-settings-schema.md.
 */
const bundledPackages = ["zod"];

/** Returns the external packages, which a program loads from node_modules at its start. */
const externalPackages = () => {
  const { dependencies, devDependencies } = require("../package.json");
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !bundledPackages.includes(name));
};

/** Files that change every bundle. */
const commonFiles = ["scripts/bundle.cjs", "tsconfig.json", "package.json", "node_modules/esbuild/package.json"];

/** Returns the size and modification time of a file, which show changes; undefined for a missing file. */
const stampOf = (file) => {
  const status = statSync(resolve(root, file), { throwIfNoEntry: false });
  return status && `${status.size} ${status.mtimeMs}`;
};

/** Path of every running program. Like its sources, the path is in a folder of the checkout. */
const bundlePath = join(__dirname, "bundled.cjs");

const build = (options) => {
  try {
    return require("esbuild").buildSync(options);
  } catch (error) {
    throw new Error(error.message); // the message has file, line and reason
  }
};

/** Bundles a program as one JavaScript file. Returns the text and the source files; throws esbuild's message. */
const bundle = (exports.bundle = (program) => {
  const { metafile, outputFiles } = build({
    absWorkingDir: root,
    entryPoints: [`./${relative(root, program)}`], // esbuild would take a star in the checkout's path as a pattern
    outfile: bundlePath,
    bundle: true,
    external: externalPackages(),
    platform: "node",
    target: "node20",
    sourcemap: traced ? "inline" : false,
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  return { files: [...Object.keys(metafile.inputs), ...commonFiles], text: outputFiles[0].text };
});

/** Returns the stored bundle of a program; undefined if one of its files has changed. */
const readKept = (kept) => {
  try {
    const content = readFileSync(kept, "utf8");
    const end = content.indexOf("\n");
    const stamps = Object.entries(JSON.parse(content.slice(0, end)));
    return stamps.every(([file, stamp]) => stampOf(file) === stamp) ? content.slice(end) : undefined;
  } catch {
    return undefined; // the bundle is missing or damaged
  }
};

/** Stores a bundle with the stamps of its files atomically. After an error, the next start bundles again. */
const keep = (kept, stamps, text) => {
  try {
    mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
    writeFileSync(`${kept}.${process.pid}`, `${JSON.stringify(stamps)}\n${text}`);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {}
};

/** Returns the path of a program's bundle in a packed package, which has no sources: scripts/packCapi.ts. */
const packedPath = (name) => join(root, "bundles", name.replace(/\.ts$/, ".cjs"));

const read = (program) => {
  const name = relative(root, program);
  if (existsSync(packedPath(name))) return readFileSync(packedPath(name), "utf8");
  if (traced || name.startsWith("..")) return bundle(program).text;
  const kept = join(root, ".slipway", "bundles", createHash("sha1").update(name).digest("hex"));
  const before = readKept(kept);
  if (before !== undefined) return before;
  const started = Date.now();
  const { files, text } = bundle(program);
  // A file that was written during the build may have been read before the write.
  const settled = files.every((file) => statSync(resolve(root, file)).mtimeMs < started);
  if (settled) keep(kept, Object.fromEntries(files.map((file) => [file, stampOf(file)])), text);
  return text;
};

/** Runs a program, by its absolute path, as the content of a module. */
exports.runBundle = (module, program) => {
  process.setSourceMapsEnabled(traced);
  module._compile(read(program), bundlePath);
};
