import { realpathSync } from "node:fs";
import { join } from "node:path";
import { platformOf } from "../../../cli/toolchain/release/files";
import { requiredTools } from "../../../preflight/host/facts";
import { pins } from "../../../lib/versions/pins";
import { check, command, type Step } from "../harness";
import type { Fault } from "./server";
import { sha256Of } from "./stranger";
import { addresses, addressOf, checkEnd, textOf, type World } from "./world";

/** The artifacts of the release route, sorted. */
const tools = [
  "clusterctl",
  "kind",
  "kubectl",
  "pulumi",
  "pulumi-resource-command",
  "pulumi-resource-docker",
  "pulumi-resource-kubernetes",
];

/** A permanent fault, and its effect on the run. */
interface Refusal {
  fault: [url: string, fault: Fault];
  /** Text that the artifact's log must contain. */
  log: string;
  /** Number of requests for the artifact's file. */
  downloads: number;
}

const same = (value: unknown, expected: unknown, what: string): void => {
  const [got, wanted] = [JSON.stringify(value), JSON.stringify(expected)];
  check(got === wanted, `${what}: ${wanted}, got ${got}`);
};

/** Returns the steps about downloads. All steps run in one clone, and each step needs the files of the step before. */
export const downloadSteps = (world: World): Step[] => {
  const { mirror, stranger, files } = world;
  const kind = addressOf(world, "kind", "kind-");
  const { os, arch } = platformOf();
  const kubectl = addressOf(world, "kubectl", `${os}/${arch}/kubectl`);
  const clusterctl = addressOf(world, "cluster-api", "clusterctl-");
  const plugin = (name: string): string => addressOf(world, `pulumi-resource-${name}`, "pulumi-resource-");
  const pulumi = addressOf(world, "pulumi", "pulumi-v");
  const downloads = [clusterctl, kind, kubectl, pulumi, plugin("command"), plugin("docker"), plugin("kubernetes")];

  /** Returns the entries of a lock file for some addresses. */
  const lockOf = (urls: readonly string[]): Record<string, string> =>
    Object.fromEntries([...urls].sort().map((url): [string, string] => [url, sha256Of(files.get(url) ?? "")]));

  /** Throws if a file is missing or wrong after a successful run. */
  const checkInstalled = (): void => {
    same(stranger.finished(), tools, "finished artifacts");
    const bin = stranger.list(".tools/bin");
    for (const name of requiredTools) check(bin.includes(name), `${name} in .tools/bin, got ${bin.join(", ")}`);
    check(!bin.includes("pulumi-language-python-exec"), "nothing else of the archives in .tools/bin");
    for (const name of requiredTools) {
      const installed = realpathSync(join(stranger.checkout, ".tools", "bin", name));
      check(sha256Of(installed) === sha256Of(join(".tools", "bin", name)), `${name} with the bytes that were packed`);
    }
    same(stranger.locked("tools.lock.json"), lockOf(downloads), "locked checksums");
  };

  /** Throws if a request went to an address that no project has, or had no TLS. */
  const checkRequests = (): void => {
    const known = [...files.keys()].map((url) => url.replace(/^https:\/\/[^/]+/, ""));
    const strange = mirror.requests.filter(
      (line) => !line.includes(" https://") || !known.some((path) => line.endsWith(path)),
    );
    same(strange, [], "requests to unknown addresses or without TLS");
  };

  /** Returns a step in which one download fails. The artifact is not kept, and the next run without the fault succeeds. */
  const refuses = (name: string, artifact: string, url: string, { fault, log, downloads: count }: Refusal): Step => ({
    name: `tools: ${name} is refused, and the next run completes`,
    run: async () => {
      mirror.reset();
      stranger.dropArtifact(artifact, url);
      mirror.fault(...fault);
      const failed = await stranger.slipway("tools");
      checkEnd(failed, false, "tools to fail");
      check(
        textOf(failed).includes(`not built: ${artifact} (log: `),
        `${artifact} to be named, got\n${textOf(failed)}`,
      );
      check(stranger.log(artifact).includes(log), `"${log}" in the log, got\n${stranger.log(artifact)}`);
      check(mirror.count(url) === count, `${count} requests for ${url}, got ${mirror.count(url)}`);
      same(
        stranger.finished(),
        tools.filter((tool) => tool !== artifact),
        "finished artifacts",
      );
      check(!(url in stranger.locked("tools.lock.json")), `${url} not locked`);
      checkRequests();

      mirror.reset();
      checkEnd(await stranger.slipway("tools"), true, "the next run to complete");
      checkInstalled();
      same(
        downloads.filter((one) => mirror.count(one) > 0),
        [url],
        "downloads",
      );
    },
  });

  return [
    {
      name: "tools: a newcomer without Go gets all tools over the release route, with locked checksums",
      run: async () => {
        mirror.reset();
        stranger.forget();
        const result = await stranger.slipway("tools");
        checkEnd(result, true, "tools to end well");
        check(/^route: release \(/m.test(result.stdout), `route: release, got\n${textOf(result)}`);
        checkInstalled();
        checkRequests();
        for (const url of downloads) check(mirror.count(url) === 1, `one request for ${url}, got ${mirror.count(url)}`);
      },
    },
    {
      name: "doctor: the route is release, and the tools are the pinned ones",
      run: async () => {
        const { stdout } = await stranger.slipway("doctor");
        check(/^route: release$/m.test(stdout), `route: release, got\n${stdout}`);
        // kubectl is packed from the tools of this checkout, whose route may pin another version.
        const printed = command(".tools/bin/kubectl", ["version", "--client"]).stdout;
        const version = /v(\d+\.\d+\.\d+)/.exec(printed)?.[1] ?? "?";
        const expected =
          version === pins.release.kubernetes
            ? /^ok +tools +8 in \.tools\/bin, as pinned$/m
            : new RegExp(`^warn +tools +kubectl ${version} instead of ${pins.release.kubernetes}$`, "m");
        check(expected.test(stdout), `${expected.source}, got\n${stdout}`);
        check(!/^\w+ +go /m.test(stdout), `no check of Go, got\n${stdout}`);
      },
    },
    {
      name: "tools: another run asks only for the route",
      run: async () => {
        mirror.reset();
        checkEnd(await stranger.slipway("tools"), true, "tools to end well");
        const fetched = mirror.requests.filter((line) => !line.startsWith("HEAD "));
        same(fetched, [], "downloads");
      },
    },
    {
      name: "manifests: all are loaded, also after temporary faults, and their checksums are locked",
      run: async () => {
        mirror.reset();
        const manifests = [...files.keys()].filter((url) => /\.ya?ml$/.test(url));
        const [raw = "", asset = "", other = ""] = [
          /\/calico\.yaml$/,
          /\/core-components\.yaml$/,
          /metallb-native\.yaml$/,
        ].map((name) => manifests.find((url) => name.test(url)));
        mirror.fault(raw, { status: 429, headers: { "retry-after": "1" } }, 1);
        mirror.fault(asset, { status: 503 }, 1);
        mirror.fault(other, "cut", 1);
        checkEnd(await stranger.program("test/e2e/mirror/loadManifests.ts"), true, "manifests to be loaded");
        same(stranger.locked("manifests.lock.json"), lockOf(manifests), "locked checksums");
        for (const url of [raw, asset, other])
          check(mirror.count(url) === 2, `two requests for ${url}, got ${mirror.count(url)}`);
        checkRequests();
      },
    },
    {
      name: "manifests: raw.githubusercontent.com is down, and the error names the missing manifests",
      run: async () => {
        mirror.reset();
        stranger.forget();
        await mirror.stop("raw.githubusercontent.com");
        const result = await stranger
          .program("test/e2e/mirror/loadManifests.ts")
          .finally(() => mirror.start("raw.githubusercontent.com"));
        checkEnd(result, false, "an error");
        const named = [...files.keys()].filter((url) => result.stdout.includes(url));
        same(
          named,
          addresses(world, ".yaml").filter((url) => url.includes("//raw.githubusercontent.com/")),
          "named addresses",
        );
        const locked = Object.keys(stranger.locked("manifests.lock.json"));
        check(
          locked.length > 0 && locked.every((url) => url.includes("//github.com/")),
          `the others locked, got ${locked.join(", ")}`,
        );
      },
    },
    {
      name: "tools: temporary faults do not matter: 503, 429, a cut body, a slow host",
      run: async () => {
        mirror.reset();
        stranger.forget();
        const checksums = addressOf(world, "pulumi", "SHA512SUMS");
        mirror.fault(kind, { status: 503 }, 1);
        mirror.fault(clusterctl, { status: 429, headers: { "retry-after": "1" } }, 1);
        mirror.fault(pulumi, "cut", 1);
        mirror.fault(checksums, "cut", 1);
        mirror.fault(kubectl, { silentMs: 3000 }, 1);
        mirror.fault(plugin("docker"), "slow");
        const result = await stranger.slipway("tools");
        checkEnd(result, true, "tools to end well");
        checkInstalled();
        for (const url of [kind, clusterctl, pulumi, checksums])
          check(mirror.count(url) === 2, `two requests for ${url}, got ${mirror.count(url)}`);
        for (const url of [kubectl, plugin("docker")])
          check(mirror.count(url) === 1, `one request for ${url}, got ${mirror.count(url)}`);
        check(stranger.log("kind").includes("answered 503"), `the fault in the log, got\n${stranger.log("kind")}`);
      },
    },
    refuses("a file with a wrong checksum (SHA-256)", "kind", kind, {
      fault: [kind, "altered"],
      log: "of the release (sha256), got",
      downloads: 1,
    }),
    refuses("a file with a wrong checksum (SHA-1)", "pulumi-resource-docker", plugin("docker"), {
      fault: [plugin("docker"), "altered"],
      log: "of the release (sha1), got",
      downloads: 1,
    }),
    refuses("a file without published checksums", "pulumi-resource-command", plugin("command"), {
      fault: [addressOf(world, "pulumi-resource-command", "pulumi-command_"), { status: 404 }],
      log: "the server answered 404",
      downloads: 0,
    }),
    refuses("a redirect to a host without TLS", "kubectl", kubectl, {
      fault: [kubectl, { status: 302, headers: { location: kubectl.replace("https:", "http:") } }],
      log: "redirects to http://dl.k8s.io, without TLS",
      downloads: 1,
    }),
    refuses("a body that is cut each time", "clusterctl", clusterctl, {
      fault: [clusterctl, "cut"],
      log: "(after 4 tries)",
      downloads: 4,
    }),
    {
      name: "tools: a file other than the locked one is refused, also where no checksum is published",
      run: async () => {
        mirror.reset();
        stranger.dropArtifact("clusterctl");
        mirror.fault(clusterctl, "altered");
        const before = stranger.locked("tools.lock.json");
        checkEnd(await stranger.slipway("tools"), false, "tools to fail");
        const log = stranger.log("clusterctl");
        check(log.includes("of tools.lock.json, got"), `the lock file in the log, got\n${log}`);
        same(stranger.locked("tools.lock.json"), before, "locked checksums");
      },
    },
  ];
};
