import { existsSync } from "node:fs";
import { arch, availableParallelism, freemem, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { pins, type Route } from "../../lib/versions/pins";
import type { Exec } from "../../system/exec";
import type { Findings } from "./pack";

const programs: Readonly<Record<string, string[]>> = {
  pulumi: ["version"],
  kind: ["version"],
  kubectl: ["version", "--client", "--output=yaml"],
  clusterctl: ["version", "--output=short"],
  docker: ["--version"],
  git: ["log", "-1", "--format=%H %cI %s"],
};

/** Collects the versions of the checkout, its tools and the machine, and the pins. */
export const readVersions = async (exec: Exec, checkout: string, route: Route): Promise<Findings> => {
  const answers = await Promise.all(
    Object.entries(programs).map(async ([name, args]) => [name, await exec(name, ...args)] as const),
  );
  const machine = {
    system: `${type()} ${release()} ${arch()}`,
    cores: availableParallelism(),
    memory: totalmem(),
    freeMemory: freemem(),
    cgroup: existsSync("/sys/fs/cgroup/cgroup.controllers") ? "v2" : "v1",
  };
  return {
    files: [
      {
        name: "versions.json",
        content: {
          route,
          node: process.versions.node,
          tools: existsSync(join(checkout, ".tools", "bin", "pulumi")),
          ...Object.fromEntries(answers.map(([name, { text, failed }]) => [name, failed ? null : text])),
          machine,
          pins: pins[route],
        },
      },
    ],
    missing: answers.flatMap(([name, { text, failed }]) => (failed ? [`version of ${name}: ${text}`] : [])),
  };
};
