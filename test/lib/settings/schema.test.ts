import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { readSettings, SettingsError } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { messageLike } from "../../helpers/messageLike";

const read = (config: Record<string, unknown>) => readSettings({ config, pins });

const messagesOf = (config: Record<string, unknown>): string[] => {
  try {
    read(config);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).problems.map(sentence);
  }
};

const cluster = (fields: object) => ({ clusters: [{ name: "a", ...fields }] });
const provider = { name: "aws", version: "v2.13.0", manifest: "aws.yaml" };

describe("a field of a map in a list", () => {
  test.each<[string, object, string]>([
    [
      "a misspelt name has the nearest name in its remedy",
      { workers: [{ name: "p", taints: [{ key: "k", efect: "NoExecute" }] }] },
      "clusters[0].workers[0].taints[0].efect: expected a known field. Did you mean effect?",
    ],
    [
      "a name that resembles no field has all names in its remedy",
      { healthCheck: { unhealthyNodeConditions: [{ zzzzzzzzzzzz: 1 }] } },
      "clusters[0].healthCheck.unhealthyNodeConditions[0].zzzzzzzzzzzz: expected a known field. " +
        "Remove it; known fields: type, status, timeoutSeconds.",
    ],
    [
      "a wrong type has its path and its value",
      { healthCheck: { nodeStartupTimeoutSeconds: "soon" } },
      'clusters[0].healthCheck.nodeStartupTimeoutSeconds: expected an integer, got "soon". Write it as 3.',
    ],
    [
      "an absent name is an invalid name",
      { workers: [{ replicas: 1 }] },
      'clusters[0].workers[0].name: expected 1 to 40 lower-case letters…, got ""',
    ],
    [
      "a number that JavaScript cannot hold has one problem",
      { workerReplicas: 1e20 },
      "clusters[0].workerReplicas: expected an integer, got 100000000000000000000",
    ],
    [
      "a label that is not a string is shown unchanged",
      { workers: [{ name: "p", labels: { gpu: true } }] },
      "clusters[0].workers[0].labels: expected a string, got true. Write it as",
    ],
  ])("%s", (_, fields, expected) => {
    expect(messagesOf(cluster(fields))).toEqual([expect.stringMatching(messageLike(expected))]);
  });

  test("an invalid key and an invalid value of a label come in one error", () => {
    const labels = { "a/b/c": "x", "d/e/f": true };
    expect(messagesOf(cluster({ workers: [{ name: "p", labels }] }))).toEqual([
      expect.stringContaining("labels: expected a string, got true"),
      expect.stringMatching(/labels: expected a label's key.*, got "a\/b\/c"/),
      expect.stringMatching(/labels: expected a label's key.*, got "d\/e\/f"/),
    ]);
  });

  test("problems at every depth come in one error", () => {
    const workers = [{ name: "P", taints: [{ key: "", effect: "No" }], size: 1 }, "x"];
    expect(messagesOf(cluster({ workers, healthCheck: { extra: 1 } })).map((text) => text.split(": ")[0])).toEqual([
      "clusters[0].workers[0].name",
      "clusters[0].workers[0].taints[0].key",
      "clusters[0].workers[0].taints[0].effect",
      "clusters[0].workers[0].size",
      "clusters[0].workers[1]",
      "clusters[0].healthCheck.extra",
    ]);
  });
});

describe("strings that Pulumi passes to a program", () => {
  test("are read at every depth", () => {
    const workers = [{ name: "p", replicas: 2, taints: [{ key: "gpu", effect: "PreferNoSchedule" }] }];
    const nested = { name: "a", workers, healthCheck: { nodeStartupTimeoutSeconds: 50 } };
    const texts = {
      name: "a",
      workers: JSON.stringify([JSON.stringify({ ...workers[0], replicas: "2" })]),
      healthCheck: JSON.stringify({ nodeStartupTimeoutSeconds: "50" }),
    };
    expect(read({ clusters: JSON.stringify([JSON.stringify(texts)]) })).toEqual(read({ clusters: [nested] }));
  });

  test("define a provider too", () => {
    expect(read({ providers: [JSON.stringify(provider)] }).infrastructureProviders).toEqual([
      { ...provider, type: "infrastructure" },
    ]);
  });

  test("are shown unchanged if they are JSON of another type", () => {
    expect(messagesOf({ application: "1" })).toEqual([
      'application: expected true or false, got "1". Write it as true or false, without quotes.',
    ]);
  });
});

describe("a rule about several fields", () => {
  test("shows a map without its defaults", () => {
    const healthCheck = { unhealthyLessThanOrEqualTo: "40%" };
    const config = { ...cluster({ template: "t.yaml", healthCheck }), providers: [provider] };
    expect(messagesOf(config)).toEqual([
      expect.stringMatching(
        /^clusters\[0\]\.healthCheck: expected no value beside template.*, got \{"unhealthyLessThanOrEqualTo":"40%"\}\./,
      ),
    ]);
  });

  test("calls a cluster with an invalid name by its path", () => {
    const clusters = [{ name: "A_B", template: "t.yaml" }];
    expect(messagesOf({ clusters })).toContainEqual(
      expect.stringContaining("expected the infrastructure provider of cluster clusters[0], which"),
    );
  });

  test("checks the valid settings although other settings are invalid", () => {
    const keys = messagesOf({ networkSubnet: "x", clusterName: "clusterapi", providers: "x" }).map(
      (text) => text.split(": ")[0],
    );
    expect(keys).toEqual(["networkSubnet", "providers", "clusterName"]);
  });
});

describe("a value of templateSecrets", () => {
  test.each<[object]>([
    [{ templateSecrets: ["hunter2"] }],
    [{ templateSecrets: { A: { b: "hunter2" } } }],
    [{ templateSecrets: '{"A": "hunter2"' }],
    [{ templateSecrets: { a: "hunter2" } }],
    [{ templatesecrets: { A: "hunter2" } }],
  ])("is not in the error for %j", (config) => {
    const problems = messagesOf({ ...config });
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain("hunter2");
  });
});
