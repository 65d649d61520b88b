// Runs a plugin of Pulumi: `node scripts/plugin.cjs PROGRAM [arguments]`. Standard output only gets the plugin's port, so all
// problems go to standard error, in one sentence. Old releases of Node must be able to parse this file: its syntax is ES2015.
const { dependencies, name, version } = require("../package.json");
const { minimum } = require("../pins.json");

const fail = (message) => {
  process.stderr.write(`${name} ${version}: ${message}\n`);
  process.exit(1);
};

const least = parseInt(minimum.node, 10);
if (parseInt(process.versions.node, 10) < least)
  fail(
    `node: expected version ${least} or newer, got ${process.version}. Install Node ${least} or newer (https://nodejs.org).`,
  );

/** Returns the installed version of a package; undefined for a missing package. */
const installed = (package) => {
  try {
    return require(`${package}/package.json`).version;
  } catch (error) {
    return undefined;
  }
};

const sdk = "@pulumi/pulumi";
if (installed(sdk) === undefined)
  fail(
    `${sdk}: expected version ${dependencies[sdk]} beside the plugin, got no package. Install the plugin's package with npm.`,
  );
// The resources that a plugin registers, and the bundled code, belong to one version of the SDK.
if (installed(sdk) !== dependencies[sdk])
  fail(
    `${sdk}: expected version ${dependencies[sdk]}, got ${installed(sdk)}. Install the plugin's package again with npm.`,
  );

const { loadLate, patchSdk } = require("./sdk.cjs");
loadLate();
patchSdk();
require("./run.cjs");
