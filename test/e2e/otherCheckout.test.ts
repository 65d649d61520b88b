import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { pins, type Pins } from "../../lib/versions/pins";
import { otherCheckout, withClusterApi } from "./otherCheckout";

const text = readFileSync("pins.json", "utf8");

test("another Cluster API is pinned for both routes and as a module, and nothing else", () => {
  const repinned = JSON.parse(withClusterApi(pins.source.clusterApi, "1.99.0")(text)) as Pins;
  expect(repinned.source.clusterApi).toBe("1.99.0");
  expect(repinned.source.goModules["sigs.k8s.io/cluster-api"]).toBe("v1.99.0");
  expect({
    ...repinned,
    release: { ...repinned.release, clusterApi: pins.release.clusterApi },
    source: {
      ...repinned.source,
      clusterApi: pins.source.clusterApi,
      goModules: { ...repinned.source.goModules, "sigs.k8s.io/cluster-api": `v${pins.source.clusterApi}` },
    },
  }).toEqual(pins);
});

test("another checkout has the same files but for the pins, and shares state and packages", () => {
  const { folder, remove } = otherCheckout(() => "{}");
  expect(readFileSync(join(folder, "pins.json"), "utf8")).toBe("{}");
  expect(readFileSync(join(folder, "index.ts"), "utf8")).toBe(readFileSync("index.ts", "utf8"));
  expect(lstatSync(join(folder, "node_modules")).isSymbolicLink()).toBe(true);
  expect(lstatSync(join(folder, "steps/kind-create")).mode & 0o100).toBe(0o100);
  remove();
  expect([existsSync(folder), existsSync("node_modules/typescript")]).toEqual([false, true]);
});
