import { describe, expect, test } from "@jest/globals";
import { ProblemError } from "../../../../lib/base/problem";
import { accessOf } from "../../../../lib/kubernetes/kubeconfig";
import { entriesOf, readConfig } from "../../../../lib/kubernetes/merging/entries";
import { entryName, markOf, type Owner } from "../../../../lib/kubernetes/merging/mark";
import { type MergedCluster, mergeClusters, removeClusters } from "../../../../lib/kubernetes/merging/merge";
import { editText } from "../../../../lib/kubernetes/merging/text";
import { toYaml } from "../../../../lib/kubernetes/yaml";
import { kubeconfigText as clusterKubeconfig, userKubeconfig } from "../../../helpers/kubeconfigs";

const owner: Owner = { checkout: "/home/me/slipway", stack: "dev" };

const cluster = (name: string, certificate = "Y2VydA=="): MergedCluster => ({
  name,
  access: accessOf(clusterKubeconfig(name, certificate)),
});

/** Merges into a text, and returns the text that comes of it. */
const merge = (
  text: string,
  clusters: MergedCluster[],
  options: Partial<Parameters<typeof mergeClusters>[2]> = {},
): string => {
  const before = readConfig(text, "config");
  const all = { owner, file: "config", current: clusters[0]?.name ?? "", isComplete: false, ...options };
  return editText(text, before, mergeClusters(before, clusters, all).config);
};

const remove = (text: string, of = owner, name?: string): string => {
  const before = readConfig(text, "config");
  return editText(text, before, removeClusters(before, of, name).config);
};

const currentOf = (text: string): unknown => readConfig(text, "config")["current-context"];

const problemsOf = (action: () => unknown): string => {
  try {
    action();
    return "";
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
};

describe("a merge", () => {
  test("writes a context, a cluster and a user with the mark, and makes the context current", () => {
    const config = readConfig(merge("", [cluster("capd")]), "config");
    expect(config).toEqual({
      apiVersion: "v1",
      kind: "Config",
      preferences: {},
      clusters: [
        {
          name: "slipway-dev-capd",
          cluster: {
            server: "https://172.18.0.3:6443",
            "certificate-authority-data": "Y2VydA==",
            extensions: [
              { name: "slipway.dev", extension: { checkout: "/home/me/slipway", stack: "dev", cluster: "capd" } },
            ],
          },
        },
      ],
      contexts: [
        {
          name: "slipway-dev-capd",
          context: {
            cluster: "slipway-dev-capd",
            user: "slipway-dev-capd",
            extensions: [
              {
                name: "slipway.dev",
                extension: { checkout: "/home/me/slipway", stack: "dev", cluster: "capd", previousContext: "" },
              },
            ],
          },
        },
      ],
      "current-context": "slipway-dev-capd",
      users: [
        {
          name: "slipway-dev-capd",
          user: {
            "client-key-data": "a2V5",
            extensions: [
              { name: "slipway.dev", extension: { checkout: "/home/me/slipway", stack: "dev", cluster: "capd" } },
            ],
          },
        },
      ],
    });
  });

  test("keeps comments, order, layout and unknown fields of a user's file", () => {
    const merged = merge(userKubeconfig, [cluster("capd")]);
    const lines = merged.split("\n");
    expect(userKubeconfig.split("\n").filter((line) => !lines.includes(line))).toEqual([
      "current-context: work # mine",
    ]);
    expect(merged).toContain("current-context: slipway-dev-capd # mine");
  });

  test("and the removal after it leaves the bytes that were there", () => {
    expect(remove(merge(userKubeconfig, [cluster("capd"), cluster("clusterapi")]))).toBe(userKubeconfig);
  });

  test("updates its own entries after a change of certificates, and nothing else", () => {
    const first = merge(userKubeconfig, [cluster("capd")]);
    const second = merge(first, [cluster("capd", "bmV3")]);
    expect(second).toBe(first.replace("Y2VydA==", "bmV3"));
    expect(merge(second, [cluster("capd", "bmV3")])).toBe(second);
  });

  test("keeps the namespace that the user chose for Slipway's context", () => {
    const slipwayConfig = merge("", [cluster("capd")]);
    const first = slipwayConfig.replace(/^( *)user: slipway-dev-capd$/m, "$&\n$1namespace: mine");
    expect(first).not.toBe(slipwayConfig);
    expect(merge(first, [cluster("capd", "bmV3")])).toContain("namespace: mine");
  });

  test("of all clusters removes the entries of clusters that the stack does not have any more", () => {
    const both = merge(userKubeconfig, [cluster("old"), cluster("capd")]);
    const config = readConfig(merge(both, [cluster("capd")], { isComplete: true }), "config");
    expect(entriesOf(config, "users").map(({ name }) => name)).toEqual(["me", "slipway-dev-capd"]);
    expect(remove(merge(both, [cluster("capd")], { isComplete: true }))).toBe(userKubeconfig);
    expect(merge(both, [cluster("capd")])).toContain("slipway-dev-old");
  });

  test("refuses every entry of the same name that Slipway did not write, and changes nothing", () => {
    const foreign = userKubeconfig
      .replaceAll("name: work", "name: slipway-dev-capd")
      .replace("name: me", "name: slipway-dev-b");
    const problems = problemsOf(() => merge(foreign, [cluster("capd"), cluster("b")]));
    expect(problems.split("\n")).toEqual([
      "cluster slipway-dev-capd of config: expected an entry that Slipway wrote for cluster capd of stack dev in " +
        "/home/me/slipway, got one that Slipway did not write. " +
        "Rename it, or delete it with kubectl config delete-cluster slipway-dev-capd.",
      expect.stringMatching(/^context slipway-dev-capd of config: .*delete-context slipway-dev-capd\.$/),
      expect.stringMatching(/^user slipway-dev-b of config: .*delete-user slipway-dev-b\.$/),
    ]);
  });

  test("refuses entries of another checkout, unless that checkout is gone", () => {
    const text = merge("", [cluster("capd")], { owner: { ...owner, checkout: "/other" } });
    expect(problemsOf(() => merge(text, [cluster("capd")]))).toContain(
      "got one for cluster capd of stack dev in /other",
    );
    const adopting = { ...owner, isGone: (checkout: string) => checkout === "/other" };
    expect(merge(text, [cluster("capd")], { owner: adopting })).toContain("checkout: /home/me/slipway");
  });

  test("refuses entries of another stack whose name and cluster make the same name", () => {
    const text = merge("", [cluster("b-c")], { owner: { ...owner, stack: "a" } });
    expect(entryName("a", "b-c")).toBe(entryName("a-b", "c"));
    expect(problemsOf(() => merge(text, [cluster("c")], { owner: { ...owner, stack: "a-b" } }))).toContain(
      "got one for cluster b-c of stack a in",
    );
  });

  test("takes an entry whose mark is damaged for a foreign one", () => {
    const text = merge("", [cluster("capd")]).replaceAll("stack: dev", "stack: 7");
    expect(problemsOf(() => merge(text, [cluster("capd")])).split("\n")).toHaveLength(3);
    expect(
      markOf("users", { name: "x", user: { extensions: [{ name: "slipway.dev", extension: 1 }] } }),
    ).toBeUndefined();
  });
});

describe("a removal", () => {
  test("leaves a foreign entry of the same name, also where its list has one of Slipway's", () => {
    const slipwayConfig = readConfig(merge("", [cluster("capd")]), "config");
    const text = toYaml({ ...slipwayConfig, users: [{ name: "slipway-dev-capd", user: { token: "mine" } }] });
    const config = readConfig(remove(text), "config");
    expect(entriesOf(config, "users")).toEqual([{ name: "slipway-dev-capd", user: { token: "mine" } }]);
    expect(entriesOf(config, "contexts")).toEqual([]);
  });

  test("changes nothing where there is nothing of the stack", () => {
    expect(remove(userKubeconfig)).toBe(userKubeconfig);
    expect(remove(merge(userKubeconfig, [cluster("capd")]), { ...owner, stack: "other" })).toContain(
      "slipway-dev-capd",
    );
  });

  test("of one cluster leaves the others", () => {
    const text = remove(merge(userKubeconfig, [cluster("capd"), cluster("b")]), owner, "capd");
    expect(text).not.toContain("slipway-dev-capd");
    expect(text).toContain("slipway-dev-b");
    expect(currentOf(text)).toBe("work");
  });
});

describe("the current context", () => {
  const other: Owner = { ...owner, stack: "other" };
  const mergedTwice = (): string => merge(merge(userKubeconfig, [cluster("a")]), [cluster("b")], { owner: other });

  test("stays where the user chose another one after the merge", () => {
    const text = merge(userKubeconfig, [cluster("a")]).replace(/^current-context: \S+/m, "current-context: home");
    expect(currentOf(remove(text))).toBe("home");
  });

  test("comes back over two stacks, in either order of their removal", () => {
    const text = mergedTwice();
    expect(currentOf(text)).toBe("slipway-other-b");
    expect(currentOf(remove(text, other))).toBe("slipway-dev-a");
    expect(remove(remove(text, other))).toBe(userKubeconfig);
    expect(currentOf(remove(text, owner))).toBe("slipway-other-b");
    expect(remove(remove(text, owner), other)).toBe(userKubeconfig);
  });

  test("comes back after merges that switch between two clusters", () => {
    const a = merge(userKubeconfig, [cluster("a")]);
    const again = merge(merge(a, [cluster("b")]), [cluster("a")]);
    expect(currentOf(again)).toBe("slipway-dev-a");
    expect(currentOf(remove(again, owner, "a"))).toBe("slipway-dev-b");
    expect(remove(again)).toBe(userKubeconfig);
  });

  test("comes back where the user switched to another context of the stack", () => {
    const text = merge(userKubeconfig, [cluster("a"), cluster("b")]);
    expect(remove(text.replace(/^current-context: \S+/m, "current-context: slipway-dev-b"))).toBe(userKubeconfig);
  });

  test("is empty where the remembered one is gone", () => {
    const text = merge(userKubeconfig, [cluster("a")]).replace(
      "  name: work\n- context:",
      "  name: renamed\n- context:",
    );
    expect(currentOf(remove(text))).toBe("");
  });
});
