// Preloaded into the process in which Pulumi runs index.ts (nodeargs in Pulumi.yaml), so that it starts in a third of the
// time.
const { Module } = require("node:module");
const { runBundle } = require("./bundle.cjs");

// The patches below reach into the SDK, so they apply only to the version that they were checked with: the pinned one.
const installed = require("@pulumi/pulumi/package.json").version;
const isPinned = installed === require("../package.json").dependencies["@pulumi/pulumi"];

// index.ts is bundled here, without ts-node.
delete process.env.PULUMI_NODEJS_TYPESCRIPT;
Module._extensions[".ts"] = (module, program) => {
  if (isPinned) patchSdk();
  runBundle(module, program);
};
if (isPinned) loadLate();

// Pulumi's SDK loads TypeScript and npm's Arborist, for resources that are made of functions; no resource here is. So they
// are loaded when something of them is asked for.
function loadLate() {
  const late = ["typescript", "@npmcli/arborist"];
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    const now = () => load.call(this, request, parent, ...rest);
    if (!late.includes(request) || !/@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "")) return now();
    // __esModule keeps the SDK from copying all properties at once.
    return new Proxy({}, { get: (_, name) => name === "__esModule" || now()[name], has: (_, name) => name in now() });
  };
}

function patchSdk() {
  // Where in the program a resource is made: of no use in a bundle, and each one that moves costs a write of the state.
  require("@pulumi/pulumi/resource").Resource.callsites = () => [];
  // The SDK takes a trace of every promise, and has each line of it looked up in source maps.
  Error.prepareStackTrace = undefined;
  // It also tells the engine what it is about to do, several times for each resource, for its own developers.
  if (!process.env.SLIPWAY_TRACE) require("@pulumi/pulumi/log").debug = () => Promise.resolve();
}
