// Checks the packed folder and the version of Node, then runs the plugin in the same process. Old releases of Node must be
// able to parse this file, so its syntax is ES2015.
const { existsSync, readFileSync } = require("fs");
const { join } = require("path");

const fail = (message) => {
  process.stderr.write(`pulumi-resource-kind: ${message}\n`);
  process.exit(1);
};

const read = (name) => {
  try {
    return readFileSync(join(__dirname, name), "utf8");
  } catch (error) {
    return "";
  }
};

const again = `Copy the whole folder of one version to ${__dirname} again.`;
const text = read("package.json");
if (text === "") fail(`package.json: expected in ${__dirname}, got nothing. ${again}`);
const { version, engines, files } = JSON.parse(text);

const minimum = parseInt(engines.node.replace(/\D*/, ""), 10);
if (parseInt(process.versions.node, 10) < minimum)
  fail(
    `node: expected version ${minimum} or newer, got ${process.version}. Install Node ${minimum} or newer (https://nodejs.org).`,
  );

const missing = files.filter((name) => !existsSync(join(__dirname, name)));
if (missing.length > 0) fail(`${missing.join(", ")}: expected in ${__dirname}, got nothing. ${again}`);

// The first line of the bundle has its version: `// 0.1.0`.
const bundled = read("plugin.cjs").slice(3, 40).split("\n")[0];
if (bundled !== version) fail(`plugin.cjs: expected version ${version} of package.json, got ${bundled}. ${again}`);

require("./plugin.cjs");
