// Checks the version of Node and installs the packages, then runs cli/main.ts in the same process, which saves the start of
// another one. Old releases of Node must be able to parse this file, so its syntax is ES2015.
const { spawnSync } = require("child_process");
const { createHash } = require("crypto");
const { readFileSync, statSync, writeFileSync } = require("fs");
const { join } = require("path");

const root = join(__dirname, "..");
const lockFile = join(root, "package-lock.json");
/** npm's record in node_modules. npm writes it last, so it is missing after a killed install. */
const record = join(root, "node_modules", ".package-lock.json");
/** Checksum of the installed lock file. It shows if a newer lock file has only a new date (git switch). */
const stamp = join(root, "node_modules", ".slipway-lock");

const fail = (message) => {
  process.stderr.write(`slipway: ${message}\n`);
  process.exit(1);
};

const read = (file) => {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, ""); // an editor may add a byte order mark, which no JSON has
  } catch (error) {
    return "";
  }
};

const timeOf = (file) => {
  try {
    return statSync(file).mtimeMs;
  } catch (error) {
    return 0;
  }
};

/** Bytes of the longest checkout path: Linux takes 4096 for a path, and packages and states have long ones. */
const longestPath = 3000;

/** Paths that cannot work. PATH separates its folders by colons, and lists of files have one file on each line. */
const badPath =
  (root.indexOf(":") >= 0 && "a path without a colon, which PATH cannot hold") ||
  (root.indexOf("\\") >= 0 && "a path without a backslash, below which Node loads no packages") ||
  (/[\x00-\x1f\x7f]/.test(root) && "a path without control characters") ||
  (Buffer.byteLength(root) > longestPath && `a path of at most ${longestPath} bytes`);
if (badPath) {
  const shown = root.length > 200 ? `${root.slice(0, 197)}...` : root;
  fail(`the checkout: expected ${badPath}, got ${JSON.stringify(shown)}. Move the checkout to another folder.`);
}

const minimum = parseInt(JSON.parse(read(join(root, "pins.json"))).minimum.node, 10);
if (parseInt(process.versions.node, 10) < minimum)
  fail(
    `node: expected version ${minimum} or newer, got ${process.version}. Install Node ${minimum} or newer (https://nodejs.org).`,
  );

/** True if the command only prints help or versions, for which outdated packages suffice. */
const asksForHelp = process.argv
  .slice(2, 4)
  .some((word) => ["--help", "-h", "help", "--version", "-V", "completion"].indexOf(word) >= 0);
const installed = timeOf(record);
/** A packed package has no lock file: npm installed its dependencies together with it. */
const isPackage = timeOf(lockFile) === 0;

if (!isPackage && (installed === 0 || !asksForHelp)) {
  const checksum = createHash("sha256").update(read(lockFile)).digest("hex");
  const stamped = read(stamp).trim();
  if (installed <= timeOf(lockFile) && (installed === 0 || stamped !== checksum)) {
    process.stderr.write("packages: npm ci (node_modules is missing or differs from package-lock.json) …\n");
    // Install scripts would only download Pulumi plugins, which Slipway installs.
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const npm = spawnSync("npm", args, { cwd: root, stdio: ["inherit", 2, 2] });
    if (npm.error) fail("npm: expected on PATH, got nothing. Install Node with npm.");
    if (npm.status !== 0) process.exit(npm.status === null ? 1 : npm.status);
    writeFileSync(stamp, checksum);
  } else if (stamped !== checksum) writeFileSync(stamp, checksum);
}

process.argv.splice(2, 0, join(root, "cli", "main.ts"));
require("./run.cjs");
