// Runs a TypeScript program: `node scripts/run.cjs PROGRAM [arguments]`. Each run of Slipway starts several, so what it
// takes to start one counts: all files of the program become one in memory, which is quicker than to load them one by one.
const { buildSync } = require("esbuild");
const { Module } = require("node:module");
const { join, resolve } = require("node:path");

const [node, , program, ...args] = process.argv;
const traced = Boolean(process.env.SLIPWAY_TRACE);
const { outputFiles } = buildSync({
  entryPoints: [program],
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  sourcemap: traced ? "inline" : false,
  write: false,
  logLevel: "warning",
});
process.setSourceMapsEnabled(traced);
process.argv = [node, resolve(program), ...args];

// To the program it lies here, one folder below the checkout like setup/pins.ts, by which the checkout is found.
const bundle = new Module(join(__dirname, "bundle.cjs"), null);
bundle.filename = bundle.id;
bundle.paths = module.paths;
bundle._compile(outputFiles[0].text, bundle.id);
