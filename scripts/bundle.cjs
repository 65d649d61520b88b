// Takes TypeScript programs to JavaScript. Each run of Slipway starts several, so what it takes to start one counts: all
// files of a program become one in memory, which is quicker than to load them one by one.
const { buildSync } = require("esbuild");
const { join } = require("node:path");

/** With it the traces of errors name lines of the sources; they cost time at each start. */
const traced = Boolean(process.env.SLIPWAY_TRACE);

/** A program as one file of JavaScript; its packages stay outside. Throws what is wrong with it, by file and line. */
const bundle = (program) =>
  buildSync({
    entryPoints: [program],
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    sourcemap: traced ? "inline" : false,
    write: false,
    logLevel: "silent",
  }).outputFiles[0].text;

/** Runs a program as the content of a module. */
exports.runBundle = (module, program) => {
  process.setSourceMapsEnabled(traced);
  // To the program it lies here, one folder below the checkout like setup/pins.ts, by which the checkout is found.
  module._compile(bundle(program), join(__dirname, "bundled.cjs"));
};
