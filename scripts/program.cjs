// Preloaded into the process in which Pulumi runs index.ts (nodeargs in Pulumi.yaml). It reduces the start to a third of the
// time.
const { Module } = require("node:module");
const { runBundle } = require("./bundle.cjs");
const { isPinned, loadLate, patchSdk } = require("./sdk.cjs");

// index.ts is bundled here, without ts-node.
delete process.env.PULUMI_NODEJS_TYPESCRIPT;
Module._extensions[".ts"] = (module, program) => {
  if (isPinned) patchSdk();
  runBundle(module, program);
};
if (isPinned) loadLate();
