import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { goModule, pins } from "../../lib/versions/pins";

const { pulumi, release, source } = pins;
const page = readFileSync(join(__dirname, "..", "..", "docs/reference/source-route.md"), "utf8");

/** Cells of the page's tables by the text of the first cell. */
const rows = new Map(
  page
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .map(([part = "", ...cells]) => [part, cells]),
);

const same = "same";
const languageHost = goModule("language host: github.com/pulumi/pulumi/sdk/v3").slice(1);
const pluginCommit = goModule("github.com/pulumi/pulumi-kubernetes/provider/v4").split("-").at(-1)!;

// A moved pin fails here until the page was read again.
test.each([
  ["Pulumi engine and CLI", pulumi.cli, same],
  ["Pulumi's language host for Node", pulumi.cli, languageHost],
  ["Kubernetes plugin", pulumi.plugins.kubernetes, `commit ${pluginCommit}, 15 Jan 2026`],
  ["Docker plugin", pulumi.plugins.docker, "stand-in"],
  ["command plugin", pulumi.plugins.command, "stand-in"],
  ["kind", release.kind, source.kind === release.kind ? same : source.kind],
  ["kubectl", release.kubernetes, source.kubernetes],
  ["clusterctl", release.clusterApi, source.clusterApi === release.clusterApi ? same : source.clusterApi],
  ["Kubernetes", release.kubernetes, source.kubernetes],
  ["node image (`kindest/node`)", "kind's", `Debian ${source.debian} with kind's files`],
  ["etcd", "of Kubernetes", source.etcd],
  ["CoreDNS", "of Kubernetes", source.coredns],
  ["Cluster API, CAPD", release.clusterApi, source.clusterApi === release.clusterApi ? same : source.clusterApi],
  ["cert-manager", release.certManager, source.certManager],
  ["Calico", release.calico, source.calico],
  ["flannel", release.flannel, source.flannel],
  ["MetalLB", release.metallb, source.metallb === release.metallb ? same : source.metallb],
  ["nginx", release.nginx, source.nginx],
])("the page of differences states the versions of %s", (part, released, ours) => {
  expect(rows.get(part)?.slice(0, 2)).toEqual([released, ours]);
});

test("each part that differs says why, and what a user could notice", () => {
  const differing = [...rows.values()].filter((cells) => cells.length === 4 && !/^(same|source|-+)$/.test(cells[1]!));
  expect(differing.length).toBeGreaterThan(15);
  for (const [, , , notice] of differing) expect(notice).not.toBe("");
});
