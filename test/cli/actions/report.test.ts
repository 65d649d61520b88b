import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { excerpt, removeKubeconfigs, upReport, writeKubeconfigs } from "../../../cli/actions/report";
import { hasNoState } from "../../../cli/teardown/destroy";
import { checkSpace, missingShare, volumesFor } from "../../../cli/toolchain/build/diskSpace";
import { ownerLabel } from "../../../lib/base/labels";
import { deleteRecord, loadRecord, saveRecord } from "../../../preflight/resourceRecord";
import type { Docker } from "../../../system/docker";
import { findDockerResources, findRemaining, foreignContainersOn } from "../../../system/dockerResources";
import { containerRow, networkRow } from "../../helpers/dockerRows";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-report-"));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

describe("kubeconfigs", () => {
  test("are private files; those of deleted clusters are removed", () => {
    const files = writeKubeconfigs(checkout, "dev", { management: "a: 1", capd: "b: 2\n", old: "c" });
    expect(files.capd).toBe(".slipway/kubeconfigs/dev/capd.yaml");
    writeKubeconfigs(checkout, "dev", { management: "a: 1", capd: "b: 3\n" });
    const folder = join(checkout, ".slipway/kubeconfigs/dev");
    expect(readdirSync(folder)).toEqual(["capd.yaml", "management.yaml"]);
    expect(readFileSync(join(folder, "capd.yaml"), "utf8")).toBe("b: 3\n");
    expect(statSync(join(folder, "management.yaml")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    removeKubeconfigs(checkout, "dev");
    removeKubeconfigs(checkout, "dev");
    expect(existsSync(folder)).toBe(false);
  });
});

describe("the end of up", () => {
  const outputs = {
    url: "http://172.18.255.248",
    answer:
      "<html><head><title>T</title><style>x</style></head><body>\n<h1>Welcome to nginx!</h1>\n\n<p>Thank you.</p></body></html>",
    loadBalancerRange: "172.18.255.248-172.18.255.255",
    managementCluster: "management",
    clusters: [{ name: "capd", namespace: "default", version: "v1.34.4" }],
  };
  const files = { management: "m.yaml", capd: "c.yaml" };

  test("prints URL, answer, kubeconfigs and next commands", () => {
    const text = upReport("dev", outputs, files, true).join("\n");
    expect(text).toContain("http://172.18.255.248 answers:\n  | Welcome to nginx!\n  | Thank you.\n");
    expect(text).toContain("  management  m.yaml  (management)\n  capd        c.yaml");
    expect(text).toContain("clusterctl --kubeconfig m.yaml describe cluster capd --namespace default");
    expect(text).toContain("kubectl --kubeconfig c.yaml get pods -A");
    expect(text).toMatch(/make status\ntake it down:\n {2}make destroy$/);
  });

  test("prints a command that reaches the application from a host that does not reach its address", () => {
    const all = { ...outputs, urls: { capd: outputs.url } };
    const text = upReport("dev", all, files, true, "published-port").join("\n");
    expect(text).toContain("http://172.18.255.248 answers inside the Docker network:\n");
    expect(text).toContain(
      "http://127.0.0.1:8080/:\n  .tools/bin/kubectl --kubeconfig c.yaml port-forward --namespace default service/nginx 8080:80\n",
    );
    expect(upReport("dev", outputs, files, true).join("\n")).not.toContain("port-forward");
  });

  test("names a stack other than the default in the commands", () => {
    expect(upReport("big", outputs, files, false).join("\n")).toContain("make destroy STACK=big");
  });

  test("omits the lines of a missing application and of missing clusters", () => {
    const text = upReport("dev", { managementCluster: "m" }, { m: "m.yaml" }, true).join("\n");
    expect(text).not.toMatch(/answers|clusterctl|kubectl/);
  });

  test("cuts long answers", () => expect(excerpt("a\nb\nc", 2)).toEqual(["a", "b", "…"]));
});

/** A Docker with some containers, volumes and networks; what it does not know is empty. */
const fakeDocker =
  (world: {
    containers: [string, string, string?][];
    helpers?: [string, string][];
    volumes: string[];
    networks: [string, string][];
    /** A container that is listed and then removed. */
    gone?: string;
  }): Docker =>
  (...args) => {
    const [verb, second] = args;
    if (verb === "network") return Promise.resolve(world.networks.map(([name, owner]) => networkRow("", name, owner)));
    if (verb === "volume") return Promise.resolve(world.volumes);
    if (verb === "inspect") {
      const fields = args.slice(args.indexOf("--format") + 2);
      // One name that Docker does not know makes docker fail.
      if (fields.some((name) => name === world.gone)) return Promise.reject(new Error(`No such object: ${world.gone}`));
      return Promise.resolve(
        world.containers.flatMap(([name, , volume]) => (fields.includes(name) && volume ? [volume] : [])),
      );
    }
    expect([verb, second]).toEqual(["ps", "--all"]);
    if (args.includes(`label=${ownerLabel}`))
      return Promise.resolve((world.helpers ?? []).map(([name, owner]) => containerRow({ name, owner })));
    return Promise.resolve(world.containers.map(([name, cluster]) => containerRow({ name, cluster })));
  };

describe("remaining objects", () => {
  const full = fakeDocker({
    containers: [
      ["management-control-plane", "management", "v1"],
      ["capd-lb", "capd"],
      ["capd-worker", "capd", "v2"],
      // Any kind cluster joins the network kind.
      ["foreign-control-plane", "foreign", "other"],
    ],
    helpers: [
      ["helper", "slipway/dev"],
      ["of-another-stack", "slipway/offline"],
    ],
    volumes: ["v1", "v2", "other"],
    networks: [["kind", "slipway/dev"]],
  });

  const ours = ["management", "capd"];

  test("include containers, volumes, helpers and network of the stack, and nothing of a foreign cluster", async () => {
    expect(await findDockerResources("dev", ours, full)).toEqual({
      clusters: ["capd", "management"],
      containers: ["capd-lb", "capd-worker", "helper", "management-control-plane"],
      volumes: ["v1", "v2"],
      networks: ["kind"],
    });
  });

  test("include the volumes of other containers if a container ends meanwhile", async () => {
    const docker = fakeDocker({
      containers: [
        ["capd-lb", "capd", "v1"],
        ["capd-worker", "capd", "v2"],
      ],
      volumes: ["v2"],
      networks: [],
      gone: "capd-lb",
    });
    expect((await findDockerResources("dev", ours, docker)).volumes).toEqual(["v2"]);
  });

  test("include the names of foreign containers on the network", async () => {
    const { containers } = await findDockerResources("dev", ours, full);
    expect(await foreignContainersOn("kind", containers, full)).toEqual(["foreign-control-plane"]);
  });

  test("do not include the container of this process, which Slipway has connected", async () => {
    const row = containerRow({ name: "dev", id: "c0ffee" });
    const docker: Docker = () => Promise.resolve([row]);
    expect(await foreignContainersOn("kind", [], docker, { SLIPWAY_OWN_CONTAINER: "c0ffee" })).toEqual([]);
    expect(await foreignContainersOn("kind", [], docker, { SLIPWAY_OWN_CONTAINER: "dev" })).toEqual(["dev"]);
    expect(await foreignContainersOn("kind", [], docker, {})).toEqual(["dev"]);
  });

  test("do not belong to another stack", async () => {
    expect(await findDockerResources("offline", [], full)).toEqual({
      clusters: [],
      containers: ["of-another-stack"],
      volumes: [],
      networks: [],
    });
  });

  test("can be empty", async () => {
    const held = await findDockerResources("dev", ours, full);
    const empty = fakeDocker({ containers: [], volumes: ["other"], networks: [] });
    expect(await findRemaining("dev", held, [], empty)).toEqual([]);
  });

  test("are named with a remedy for each kind", async () => {
    const held = saveRecord(checkout, "dev", await findDockerResources("dev", ours, full));
    const rest = fakeDocker({
      containers: [["capd-lb", "capd"]],
      volumes: ["v2", "other"],
      networks: [["kind", "slipway/dev"]],
    });
    expect(await findRemaining("dev", held, [], rest)).toEqual([
      "container capd-lb (docker rm --force --volumes capd-lb)",
      "volume v2 (docker volume rm v2)",
      "network kind (docker network rm kind)",
    ]);
  });

  test("are still known in a second destroy", async () => {
    const held = await findDockerResources("dev", ours, full);
    saveRecord(checkout, "dev", held);
    expect(
      saveRecord(checkout, "dev", { clusters: [], containers: [], volumes: ["v3"], networks: [] }).volumes,
    ).toEqual(["v1", "v2", "v3"]);
    deleteRecord(checkout, "dev");
    expect(loadRecord(checkout, "dev").volumes).toEqual([]);
  });

  test("without a state in the local backend need no destroy; other backends are queried", () => {
    expect(hasNoState(checkout, "dev", `file://${checkout}/.slipway`)).toBe(true);
    expect(hasNoState(checkout, "dev", "https://api.pulumi.com")).toBe(false);
  });
});

describe("forecast", () => {
  test("weights the missing artifacts", () => {
    expect(missingShare("source", [], ["go-kubernetes", "x"])).toBe(0);
    expect(missingShare("source", ["go-kubernetes", "x"], ["go-kubernetes", "x"])).toBe(1);
    expect(missingShare("source", ["x"], ["go-kubernetes", "x"])).toBeLessThan(0.1);
  });

  test("adds up the needs of a file system, and refuses too little space with numbers", () => {
    writeFileSync(join(checkout, "x"), "");
    const [volume] = volumesFor("source", { cache: join(checkout, "a/b"), goBuild: checkout }, 0.5);
    expect(volume?.needed).toBe(10e9);
    expect(volume?.free).toBeGreaterThan(0);
    expect(() => checkSpace([{ folders: ["/c"], free: 1e9, needed: 2e9 }])).toThrow(
      "not enough disk: expected 2.0 GB free for /c, got 1.0 GB",
    );
    expect(() => checkSpace([{ folders: ["/c"], free: 2e9, needed: 2e9 }])).not.toThrow();
  });
});
