import { existsSync } from "node:fs";
import { join } from "node:path";
import packageFile from "../../package.json";
import { pins } from "../../lib/versions/pins";
import { linkedRoute } from "../../preflight/installedRoute";
import { root } from "../../system/checkout";

const list = (versions: object): string =>
  Object.entries(versions)
    .flatMap(([name, version]) => (typeof version === "string" ? [`${name} ${version}`] : []))
    .join(", ");

/** Returns the versions of the program, its tools and its pins, without starting a tool. */
export const versionLines = (checkout = root): string[] => {
  const installed = existsSync(join(checkout, ".tools", "bin", "pulumi")) ? linkedRoute(checkout) : undefined;
  const { kind, kubernetes, clusterApi } = pins[installed ?? "release"];
  return [
    `slipway ${packageFile.version} (node ${process.versions.node})`,
    installed === undefined
      ? "tools: not installed yet (slipway tools)"
      : `tools (${installed} route): ${list({ pulumi: pins.pulumi.cli, kind, kubectl: kubernetes, clusterctl: clusterApi })}`,
    `plugins: ${list(pins.pulumi.plugins)}`,
    `pins of the release route: ${list(pins.release)}`,
    `pins of the source route: ${list(pins.source)}`,
  ];
};
