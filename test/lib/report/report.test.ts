import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import Ajv from "ajv";
import { redactor } from "../../../lib/redaction/text";
import { buildReport, redactReport } from "../../../lib/report/build";
import { renderReport } from "../../../lib/report/html/page";
import { settingsChecksum } from "../../../lib/report/identity";
import type { Report, ReportObject } from "../../../lib/report/model";
import type { TimedEvent } from "../../../lib/report/resources";
import {
  begin,
  clusterObjects,
  clusterUrn,
  kindUrn,
  networkUrn,
  runFacts,
  stackFacts,
  stepUrn,
} from "../../helpers/reportFacts";

const schemaErrors = (report: Report): string[] => {
  const file = join(__dirname, "..", "..", "..", "docs", "reference", "report.schema.json");
  const ajv = new Ajv({ allErrors: true });
  const isValid = ajv.validate(JSON.parse(readFileSync(file, "utf8")) as object, JSON.parse(JSON.stringify(report)));
  return isValid ? [] : [ajv.errorsText()];
};

const named = (report: Report, indexes: readonly number[]): string[] =>
  indexes.map((index) => report.resources[index]?.name ?? "");

const event = (kind: TimedEvent["kind"], urn: string, op: string, seconds: number): TimedEvent => ({
  ...{ kind, urn, op },
  at: begin + seconds * 1000,
});

describe("a report", () => {
  const report = buildReport(runFacts(), stackFacts());

  test("has the published shape", () => expect(schemaErrors(report)).toEqual([]));

  test("has the fields by which runs are compared", () => {
    expect(report).toMatchObject({
      ...{ version: 1, command: "up", stack: "dev", succeeded: true, seconds: 71, createdManagementCluster: true },
      ...{ settingsChecksum: "0123456789abcdef", machine: "fedcba9876543210", startedAt: "2026-11-30T18:00:00.000Z" },
    });
  });

  test("finds the chain of operations that made the run long", () => {
    expect(named(report, report.criticalPath).slice(0, 4)).toEqual([
      ...["network", "management-kind", "cluster-01/Cluster/default/cluster-01", "cluster-01-nodes"],
    ]);
  });

  test("finds the chain of a destroy, where a deletion waits for the resources that need the deleted one", () => {
    const deletions = [
      event("begins", stepUrn("cluster-01"), "delete", 1),
      event("done", stepUrn("cluster-01"), "delete", 9),
      event("begins", clusterUrn("cluster-01"), "delete", 9),
      event("done", clusterUrn("cluster-01"), "delete", 12),
      event("begins", kindUrn, "delete", 12),
      event("done", kindUrn, "delete", 14),
    ];
    const destroyed = buildReport({ ...runFacts(), command: "destroy", events: deletions }, stackFacts(0));
    expect(named(destroyed, destroyed.criticalPath)).toEqual([
      ...["cluster-01-nodes", "cluster-01/Cluster/default/cluster-01", "management-kind"],
    ]);
    expect(destroyed.createdManagementCluster).toBe(false);
  });

  test("lists each resource after the resources that it needs, in the same order for every order of the state", () => {
    for (const { needs } of report.resources)
      for (const need of needs) expect(need).toBeLessThan(report.resources.length);
    report.resources.forEach(({ needs, parent }, index) => {
      for (const earlier of [...needs, parent ?? -1]) expect(earlier).toBeLessThan(index);
    });
    const facts = runFacts();
    const turned = buildReport({ ...facts, state: [...facts.state].reverse() }, stackFacts());
    expect(turned.resources).toEqual(report.resources);
  });

  test("puts resources into the parts of the stack", () => {
    const parts = Object.fromEntries(report.resources.map(({ name, part }) => [name, part]));
    expect(parts).toMatchObject({
      ...{ network: "network", "management-kind": "management cluster", "cluster-01-nodes": "cluster cluster-01" },
      "cluster-01/ClusterRoleBinding/calico-node-with-a-long-name-0": "cluster cluster-01",
    });
  });

  test("puts resources without an entry in the state into the cluster of their name", () => {
    const { resources } = buildReport({ ...runFacts(), state: [] }, stackFacts());
    expect(resources.find(({ name }) => name === "cluster-01-nodes")?.part).toBe("cluster cluster-01");
  });

  test("has a tree of Cluster API objects with the time of each condition", () => {
    const [tree] = report.clusters[1]?.objects ?? [];
    const lines = (object: ReportObject, depth = 0): string[] => [
      `${" ".repeat(depth)}${object.kind} ${object.name}`,
      ...object.children.flatMap((child) => lines(child, depth + 1)),
    ];
    expect(lines(tree!).slice(0, 7)).toEqual([
      "Cluster cluster-01",
      " DevCluster cluster-01",
      " KubeadmControlPlane cluster-01-cp",
      "  Machine cluster-01-cp-1",
      " MachineDeployment cluster-01-md",
      "  MachineSet cluster-01-md",
      "   Machine cluster-01-md-1",
    ]);
    expect(tree?.conditions[0]).toEqual({
      ...{ type: "Ready", status: "True", isGood: true, since: "2026-11-30T18:01:10Z" },
    });
  });

  test("says why an object is not ready", () => {
    const facts = { ...stackFacts(), objects: clusterObjects("cluster-01", false) };
    const [, cluster] = buildReport(runFacts(), facts).clusters;
    expect(cluster?.isReady).toBe(false);
    expect(JSON.stringify(cluster)).toContain('"isGood":false,"since":"2026-11-30T18:01:00Z","message":"waiting');
  });

  test("has no tree, and no verdict, if the management cluster does not answer", () => {
    const { clusters, urls, versions, images } = stackFacts();
    const facts = { clusters, urls, versions, images };
    const silent = buildReport(runFacts(), { ...facts, missing: ["cluster management: no answer"] });
    expect(silent.clusters[1]).toMatchObject({ isReady: null, objects: [] });
    expect(schemaErrors(silent)).toEqual([]);
    expect(renderReport(silent)).toContain("did not answer");
    expect(renderReport(silent)).toContain("not in this report: cluster management: no answer");
  });

  test("shows images once, with a digest that one source knows", () => {
    expect(report.images).toEqual([
      { image: "docker.io/library/nginx:1.29", digest: `sha256:${"a".repeat(64)}` },
      { image: "kindest/node:v1.34.4", digest: `sha256:${"b".repeat(64)}` },
    ]);
  });
});

describe("operations", () => {
  test("are planned and done in each part", () => {
    const { operations } = buildReport(runFacts(), stackFacts());
    expect(operations.find(({ part }) => part === "cluster cluster-01")).toEqual({
      ...{ part: "cluster cluster-01", operation: "create" },
      ...{ planned: 5, done: 5, failed: 0, unfinished: 0, notReached: 0 },
    });
  });

  test("of a failed run are failed, not finished or not reached", () => {
    const events = [
      event("begins", networkUrn, "update", 1),
      event("failed", networkUrn, "update", 2),
      event("begins", kindUrn, "update", 1),
    ];
    const { operations, resources } = buildReport({ ...runFacts(), succeeded: false, events }, stackFacts());
    expect(
      operations.map(({ part, operation, failed, unfinished, notReached }) => [
        part,
        operation,
        failed,
        unfinished,
        notReached,
      ]),
    ).toEqual([
      ["stack", "not reached", 0, 0, 1],
      ["network", "update", 1, 0, 0],
      ["management cluster", "update", 0, 1, 0],
      ["cluster cluster-01", "not reached", 0, 0, 5],
    ]);
    expect(resources.find(({ name }) => name === "network")).toMatchObject({ result: "failed", start: 1, end: 2 });
  });

  test("of a replacement are one operation", () => {
    const events = [
      event("begins", kindUrn, "create-replacement", 1),
      event("done", kindUrn, "create-replacement", 5),
      event("begins", kindUrn, "replace", 5),
      event("done", kindUrn, "replace", 5),
      event("begins", kindUrn, "delete-replaced", 6),
      event("done", kindUrn, "delete-replaced", 8),
    ];
    const { resources } = buildReport({ ...runFacts(), events }, stackFacts());
    const kind = resources.find(({ name }) => name === "management-kind");
    expect(kind).toMatchObject({ operation: "replace", result: "done", start: 1, end: 8 });
  });
});

describe("the page of a report", () => {
  const failed = (): Report =>
    buildReport(
      {
        ...runFacts(),
        succeeded: false,
        failure: ["first failure: cluster-01-nodes: exit status 1"],
        diagnosis: ["cluster default/cluster-01: not ready", "  what helps: correct `nodeImage`"],
      },
      stackFacts(),
    );

  test("says first what stopped the run, and what helps", () => {
    expect(failed().failure).toEqual({
      lines: ["first failure: cluster-01-nodes: exit status 1", "cluster default/cluster-01: not ready"],
      remedies: ["correct `nodeImage`", expect.stringContaining("make destroy")],
    });
    expect(renderReport(failed())).toMatch(/What stopped the run<\/h2>[^]*exit status 1[^]*What helps/);
  });

  test("loads nothing and has no script", () => {
    const page = renderReport(failed());
    expect(page).toContain("default-src &#39;none&#39;".replaceAll("&#39;", "'"));
    expect(page).not.toMatch(
      /<(script|img|iframe|object|embed|link|base|form)\b|@import|url\((?!#)|\son\w+=|javascript:/i,
    );
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, target = ""]) => target)).toEqual(
      expect.arrayContaining(["http://172.18.254.1", "#clusters", "../../docs/guides/report.md"]),
    );
  });

  test("leads only to sections that exist, and no id occurs twice", () => {
    const page = renderReport(failed());
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  test("draws which part of the stack needs which part", () => {
    expect(renderReport(failed())).toContain(
      'aria-label="Parts of the stack: management cluster needs network; cluster cluster-01 needs management cluster"',
    );
    const many = renderReport(buildReport(runFacts(50), stackFacts(50)));
    expect(many).toContain("; 50 clusters need management cluster");
  });

  test("escapes every text of the facts", () => {
    const evil = `</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u0000\u202e`;
    const poison = (value: unknown, key = ""): unknown => {
      if (Array.isArray(value)) return value.map((inner) => poison(inner));
      if (typeof value === "string") return ["command", "startedAt", "since", "result"].includes(key) ? value : evil;
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner, name)]));
    };
    const page = renderReport(poison(failed()) as Report);
    expect(page).not.toMatch(/<script|<img|\u0000|\u202e/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).not.toContain(`href="${evil.slice(0, 5)}`);
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", 'http://a/"onclick="x'])(
    "shows the address %s without a link",
    (url) => {
      const page = renderReport({ ...failed(), urls: [{ name: "", url }] });
      expect(page).not.toContain(`href="${url.slice(0, 8)}`);
    },
  );

  test("of 50 clusters has less than 1 MB, and takes less than four seconds of a processor", () => {
    const secrets = Array.from({ length: 200 }, (_, index) => `a-known-secret-with-forty-characters-${index}`);
    const before = process.memoryUsage().heapUsed;
    const started = process.cpuUsage();
    const report = redactReport(buildReport(runFacts(50, 60), stackFacts(50)), redactor(secrets));
    const page = renderReport(report);
    const { user, system } = process.cpuUsage(started);
    const seconds = (user + system) / 1e6; // other programs of a busy machine do not count
    expect(report.resources.length).toBeGreaterThan(3000);
    expect(page.length).toBeLessThan(1e6);
    // A cluster that Cluster API simulates has about fifteen resources.
    expect(JSON.stringify(buildReport(runFacts(50, 20), stackFacts(50))).length).toBeLessThan(1e6);
    expect(seconds).toBeLessThan(4);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(400 * 2 ** 20);
  });
});

describe("secrets", () => {
  const known = "a-known-secret-value";
  const password = "password=hunter2hunter2";
  const token = "abcdef.x1y2z3x1y2z3x1y2";

  test("are in no text of a report, wherever they were planted", () => {
    const plant = (value: unknown, key = ""): unknown => {
      if (Array.isArray(value)) return value.map((inner) => plant(inner));
      if (typeof value === "string")
        return ["command", "startedAt", "since", "result", "settingsChecksum", "machine"].includes(key)
          ? value
          : `${value} ${known} ${password} ${token} ${Buffer.from(known).toString("base64")}`;
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plant(inner, name)]));
    };
    const facts = { ...runFacts(), warnings: ["a warning"], failure: ["an error"], succeeded: false };
    const report = redactReport(plant(buildReport(facts, stackFacts())) as Report, redactor([known]));
    for (const text of [JSON.stringify(report), renderReport(report)]) {
      for (const secret of [known, "hunter2", token.slice(7), Buffer.from(known).toString("base64")])
        expect([secret, text.includes(secret)]).toEqual([secret, false]);
      expect(text.includes("[redacted]")).toBe(true);
    }
  });

  test("in annotations, labels and specs of objects are not read at all", () => {
    const objects = clusterObjects("cluster-01").map((object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { note: known } },
      spec: { files: [{ content: known }], joinConfiguration: { discovery: { token: known } } },
    }));
    const report = buildReport(runFacts(), { ...stackFacts(), objects });
    expect(JSON.stringify(report)).not.toContain(known);
  });
});

describe("the checksum of settings", () => {
  const settings = { network: { subnet: "a" }, clusters: [{ name: "a", workers: 2 }], templateSecrets: { a: "b" } };

  test("is the same for other names, addresses and secrets", () => {
    const renamed = { network: { subnet: "b" }, clusters: [{ name: "b", workers: 2 }], templateSecrets: {} };
    expect(settingsChecksum(renamed)).toBe(settingsChecksum(settings));
  });

  test("is another one for another number of machines, and for a part of the stack", () => {
    const larger = { ...settings, clusters: [{ name: "a", workers: 3 }] };
    expect(settingsChecksum(larger)).not.toBe(settingsChecksum(settings));
    expect(settingsChecksum(settings, ["--target=x"])).not.toBe(settingsChecksum(settings));
  });
});
