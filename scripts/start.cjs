// Sees that Node is new enough and that its packages are there, then runs cli/main.ts in the same process: another one
// would cost the time of a start. Old releases of Node must be able to read this file: no syntax newer than ES2015.
const { spawnSync } = require("child_process");
const { createHash } = require("crypto");
const { readFileSync, statSync, writeFileSync } = require("fs");
const { join } = require("path");

const root = join(__dirname, "..");
const lockFile = join(root, "package-lock.json");
/** npm writes its own record into node_modules last, so an install that was killed has none. */
const record = join(root, "node_modules", ".package-lock.json");
/** Tells whether a lock file that is newer than the record only got a new date (git switch). */
const stamp = join(root, "node_modules", ".slipway-lock");

const fail = (message) => {
  process.stderr.write(`slipway: ${message}\n`);
  process.exit(1);
};

const read = (file) => {
  try {
    return readFileSync(file, "utf8");
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

const minimum = parseInt(JSON.parse(read(join(root, "pins.json"))).minimum.node, 10);
if (parseInt(process.versions.node, 10) < minimum)
  fail(`node ${process.version} is too old; install Node ${minimum} or newer (https://nodejs.org)`);

/** Whether the command only prints what it knows: then packages of another version do, but none do not. */
const asksForHelp = process.argv
  .slice(2, 4)
  .some((word) => ["--help", "-h", "help", "--version", "-V", "completion"].indexOf(word) >= 0);
const installed = timeOf(record);

if (installed === 0 || !asksForHelp) {
  const checksum = createHash("sha256").update(read(lockFile)).digest("hex");
  const stamped = read(stamp).trim();
  if (installed <= timeOf(lockFile) && (installed === 0 || stamped !== checksum)) {
    process.stderr.write("packages: npm ci (node_modules is missing or not what package-lock.json says) …\n");
    // Install scripts would only fetch Pulumi plugins, which are Slipway's to bring.
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const npm = spawnSync("npm", args, { cwd: root, stdio: ["inherit", 2, 2] });
    if (npm.error) fail("npm is not found; it comes with Node");
    if (npm.status !== 0) process.exit(npm.status === null ? 1 : npm.status);
    writeFileSync(stamp, checksum);
  } else if (stamped !== checksum) writeFileSync(stamp, checksum);
}

process.argv.splice(2, 0, join(root, "cli", "main.ts"));
require("./run.cjs");
