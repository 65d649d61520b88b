import { describe, expect, jest, test } from "@jest/globals";
import * as fc from "fast-check";
import { accessOf } from "../../../../lib/kubernetes/kubeconfig";
import { type Config, readConfig } from "../../../../lib/kubernetes/merging/entries";
import { mergeClusters, removeClusters } from "../../../../lib/kubernetes/merging/merge";
import { editText } from "../../../../lib/kubernetes/merging/text";
import { readYaml, toYaml, toYamlInOrder } from "../../../../lib/kubernetes/yaml";
import { kubeconfigText } from "../../../helpers/kubeconfigs";

jest.setTimeout(60_000); // properties take their time on a busy machine

const owner = { checkout: "/c", stack: "dev" };
const clusters = ["a", "b"].map((name) => ({ name, access: accessOf(kubeconfigText(name)) }));
const options = { owner, file: "config", current: "a", isComplete: true };

const merged = (text: string): { text: string; config: Config } => {
  const before = readConfig(text, "config");
  const { config } = mergeClusters(before, clusters, options);
  return { text: editText(text, before, config), config };
};

const roundTrip = (text: string): string => {
  const after = merged(text).text;
  const before = readConfig(after, "config");
  return editText(after, before, removeClusters(before, owner).config);
};

describe("a text that is not a kubeconfig", () => {
  test.each([
    ["a: [1", "config, line 2, column 1: expected YAML that parses"],
    ["- a", "config: expected a kubeconfig, which is a map, got a list."],
    ["just words", "config: expected a kubeconfig, which is a map, got a string."],
    ["kind: Deployment\nusers: []", "config: expected a kubeconfig, whose kind is Config, got another kind."],
    ["password: hunter2", "config: expected a kubeconfig, which has one of clusters, contexts, users"],
    ["users: {a: 1}", "config: expected a list under users, got a map."],
    ["clusters: [1]\nusers: [{}]", "other entries. Correct the file, or name another one in KUBECONFIG.\nconfig: "],
    ["current-context: 1", "config: expected a text as current-context, got a number."],
    ["kind: Config\n---\nkind: Config", "config: expected one YAML document, got 2."],
  ])("is refused without a word of it: %j", (text, message) => {
    expect(() => readConfig(text, "config")).toThrow(message);
    expect(() => readConfig(text, "config")).not.toThrow("hunter2");
  });
});

describe("the text of a kubeconfig", () => {
  test.each(["", "\n", "# a comment\n", "{}", "---\n"])("that is empty becomes a whole one: %j", (text) => {
    expect(readYaml(merged(text).text)).toEqual([
      { apiVersion: "v1", kind: "Config", preferences: {}, ...merged(text).config },
    ]);
    expect(merged(text).text.startsWith("#")).toBe(text.startsWith("#"));
  });

  test.each([
    "apiVersion: v1\nclusters: null\ncontexts: []\nkind: Config # c\nusers:",
    "clusters: # none\nkind: Config\n# the end",
    "kind: Config\nusers:\n- name: x\n  user: {}\n...\n",
    '{"kind": "Config", "users": [{"name": "x", "user": {}}]}',
    "kind: Config\nusers: &users\n- &x {name: x, user: {}}\n",
    "users:\n\n  - name: x\n    user:\n      token: |\n        - name: y\n# y\n  # z\ncurrent-context: >-\n  folded\n",
    '"users":\n- name: x\n  user: {}\n',
  ])("keeps what it says, in whatever way it is written: %j", (text) => {
    expect(readYaml(merged(text).text)).toEqual([merged(text).config]);
    const before = readYaml(text)[0] as Config;
    const after = readYaml(roundTrip(text))[0] as Config;
    expect(after["users"]).toEqual(before["users"] ?? []);
  });

  test("keeps the line ends of Windows", () => {
    const text =
      "kind: Config\r\n# c\r\nusers:\r\n- name: x\r\n  user: {}\r\nclusters: []\r\ncontexts: []\r\ncurrent-context: ''\r\n";
    expect(merged(text).text).not.toMatch(/[^\r]\n/);
    expect(roundTrip(text)).toBe(text);
  });

  test("keeps a byte order mark and the lines after it", () => {
    const text = "\uFEFFclusters: [] # ours\r\nkind: Config\r\nusers: []\r\ncontexts: []\r\ncurrent-context: ''\r\n";
    expect(merged(text).text).toMatch(/^\uFEFFclusters: # ours\r\n- /);
    expect(roundTrip(text)).toBe(text);
  });

  const name = fc.stringMatching(/^[a-z0-9@:/ #'"-]{1,12}$/);
  const body = fc.dictionary(
    fc.stringMatching(/^[a-z#-]{1,6}$/),
    fc.oneof(name, fc.integer(), fc.array(name), fc.constant(null)),
  );
  const list = (key: string) =>
    fc.uniqueArray(fc.record({ name, [key]: body }), { selector: (entry) => entry["name"], maxLength: 3 });
  const configs = fc
    .record(
      {
        clusters: list("cluster"),
        contexts: list("context"),
        users: list("user"),
        "current-context": name,
        extra: body,
      },
      { requiredKeys: ["clusters"] },
    )
    .map((config) => ({ kind: "Config", ...config }));

  test.each([
    ["sorted", toYaml],
    ["in order", toYamlInOrder],
    ["JSON", (value: object) => JSON.stringify(value, null, 2)],
  ])("says what it has to say for any kubeconfig (%s)", (_, write) => {
    fc.assert(
      fc.property(configs, (config) => {
        const text = write(config);
        const [before] = readYaml(text) as [Config];
        expect(readYaml(merged(text).text)).toEqual([merged(text).config]);
        const [after] = readYaml(roundTrip(text)) as [Config];
        const known = ((before["contexts"] ?? []) as { name: string }[]).map((entry) => entry.name);
        const current = before["current-context"] as string | undefined;
        expect(after).toEqual({
          ...{ users: [], contexts: [] },
          ...before,
          "current-context": current !== undefined && known.includes(current) ? current : "",
        });
      }),
      { numRuns: 25 },
    );
  });
});
