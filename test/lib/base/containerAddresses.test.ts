import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { reachesContainers } from "../../../lib/base/containerAddresses";

test.each([
  ["linux", "linux/Debian GNU/Linux 12 (bookworm)", true],
  ["linux", undefined, true],
  ["linux", "linux/Docker Desktop", false],
  ["darwin", "linux/Docker Desktop", false],
  ["darwin", undefined, false],
  ["win32", undefined, false],
])("containers are reached from %s with Docker on %s: %s", (platform, system, expected) =>
  expect(reachesContainers(platform, system)).toBe(expected),
);

test.each(["components/workload/access.ts", "lib/kubernetes/kubeconfig.ts"])(
  "%s compares no platform itself",
  (file) => {
    const text = readFileSync(join(__dirname, "..", "..", "..", file), "utf8");
    expect(text).not.toMatch(/platform [!=]== "/);
  },
);
