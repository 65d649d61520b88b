// Runs a TypeScript program: `node scripts/run.cjs PROGRAM [arguments]`.
const { Module } = require("node:module");
const { join, resolve } = require("node:path");
const { runBundle } = require("./bundle.cjs");

const [node, , program, ...args] = process.argv;
process.argv = [node, resolve(program), ...args];
const main = new Module(join(__dirname, "bundled.cjs"), null);
main.filename = main.id;
main.paths = module.paths;
runBundle(main, resolve(program));
