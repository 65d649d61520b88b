// Makes Pulumi's SDK start and run faster. The changes use internals of the SDK, so they apply only to the pinned version.
const { Module } = require("node:module");

const installed = require("@pulumi/pulumi/package.json").version;
exports.isPinned = installed === require("../package.json").dependencies["@pulumi/pulumi"];

// Pulumi's SDK loads TypeScript and npm's Arborist for resources from functions, which Slipway does not have. Both packages
// are loaded at their first use.
exports.loadLate = () => {
  const late = ["typescript", "@npmcli/arborist"];
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    const now = () => load.call(this, request, parent, ...rest);
    if (!late.includes(request) || !/@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "")) return now();
    // __esModule keeps the SDK from copying all properties at once.
    return new Proxy({}, { get: (_, name) => name === "__esModule" || now()[name], has: (_, name) => name in now() });
  };
};

exports.patchSdk = () => {
  // Source positions of resources are useless in a bundle, and each changed position causes a write of the state.
  require("@pulumi/pulumi/resource").Resource.callsites = () => [];
  // The SDK takes a stack trace of every promise, and looks up each line in source maps.
  Error.prepareStackTrace = undefined;
  // The SDK also sends debug messages to the engine, several for each resource.
  if (!process.env.SLIPWAY_TRACE) require("@pulumi/pulumi/log").debug = () => Promise.resolve();
};
