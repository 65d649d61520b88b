import { realpathSync } from "node:fs";
import { join } from "node:path";
import { requiredTools } from "../../../preflight/host/facts";
import { pins } from "../../../lib/versions/pins";
import { check, command, type Step } from "../harness";
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

const same = (found: unknown, expected: unknown, what: string): void => {
  const [got, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  check(got === wanted, `${what}: ${wanted}, got ${got}`);
};

/** The steps around what is downloaded, in one clone, each after what the one before it left. */
export const downloadSteps = (world: World): Step[] => {
  const { mirror, stranger, files } = world;
  const kind = addressOf(world, "kind", "kind-");
  const kubectl = addresses(world, "/kubectl").find((url) => !url.includes("darwin")) ?? "";
  const clusterctl = addressOf(world, "cluster-api", "clusterctl-");
  const plugin = (name: string): string => addressOf(world, `pulumi-resource-${name}`, "pulumi-resource-");
  const pulumi = addressOf(world, "pulumi", "pulumi-v");
  const downloads = [clusterctl, kind, kubectl, pulumi, plugin("command"), plugin("docker"), plugin("kubernetes")];

  /** What must be there after a run that ended well. */
  const checkInstalled = (): void => {
    same(stranger.finished(), tools, "finished artifacts");
    const bin = stranger.list(".tools/bin");
    for (const name of requiredTools) check(bin.includes(name), `${name} in .tools/bin, got ${bin.join(", ")}`);
    check(!bin.includes("pulumi-language-python-exec"), "nothing else of the archives in .tools/bin");
    for (const name of requiredTools) {
      const installed = realpathSync(join(stranger.checkout, ".tools", "bin", name));
      check(sha256Of(installed) === sha256Of(join(".tools", "bin", name)), `${name} with the bytes that were packed`);
    }
    const expected = Object.fromEntries(downloads.map((url) => [url, sha256Of(files.get(url) ?? "")]).sort());
    same(stranger.locked("tools.lock.json"), expected, "locked checksums");
  };

  /** Questions that went to another place than a file that the mirror has. */
  const checkAsked = (): void => {
    const known = [...files.keys()].map((url) => url.replace(/^https:\/\/[^/]+/, ""));
    const strange = mirror.asked.filter(
      (line) => !line.includes(" https://") || !known.some((path) => line.endsWith(path)),
    );
    same(strange, [], "questions to unknown addresses or without TLS");
  };

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
        checkAsked();
        for (const url of downloads)
          check(mirror.count(url) === 1, `one question for ${url}, got ${mirror.count(url)}`);
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
        check(!/^\w+ +go /m.test(stdout), `no word of Go, got\n${stdout}`);
      },
    },
    {
      name: "tools: another run asks only for the route",
      run: async () => {
        mirror.reset();
        checkEnd(await stranger.slipway("tools"), true, "tools to end well");
        const asked = mirror.asked.filter((line) => !line.startsWith("HEAD "));
        same(asked, [], "downloads");
      },
    },
    {
      name: "manifests: all of them come, also after faults that end, and their checksums are locked",
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
        const expected = Object.fromEntries(manifests.map((url) => [url, sha256Of(files.get(url) ?? "")]).sort());
        same(stranger.locked("manifests.lock.json"), expected, "locked checksums");
        for (const url of [raw, asset, other])
          check(mirror.count(url) === 2, `two questions for ${url}, got ${mirror.count(url)}`);
        checkAsked();
      },
    },
    {
      name: "manifests: raw.githubusercontent.com is down, and the error names what is missing",
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
      name: "tools: faults that end do not matter: 503, 429, a cut body, a slow host",
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
          check(mirror.count(url) === 2, `two questions for ${url}, got ${mirror.count(url)}`);
        for (const url of [kubectl, plugin("docker")])
          check(mirror.count(url) === 1, `one question for ${url}, got ${mirror.count(url)}`);
        check(stranger.log("kind").includes("answered 503"), `the fault in the log, got\n${stranger.log("kind")}`);
      },
    },
    {
      name: "tools: a wrong checksum, bodies that are always cut and a redirect without TLS are refused",
      run: async () => {
        mirror.reset();
        stranger.forget();
        mirror.fault(kind, "altered");
        mirror.fault(plugin("command"), "altered");
        mirror.fault(clusterctl, "cut");
        const insecure = kubectl.replace("https:", "http:");
        mirror.fault(kubectl, { status: 302, headers: { location: insecure } });
        const result = await stranger.slipway("tools");
        checkEnd(result, false, "tools to fail");
        const refused = ["clusterctl", "kind", "kubectl", "pulumi-resource-command"];
        for (const name of refused)
          check(textOf(result).includes(join("logs", `${name}.log`)), `${name} to be named, got\n${textOf(result)}`);
        same(
          stranger.finished(),
          tools.filter((name) => !refused.includes(name)),
          "finished artifacts",
        );
        same(stranger.list(".tools/bin"), [], ".tools/bin");
        same(
          Object.keys(stranger.locked("tools.lock.json")),
          [pulumi, plugin("docker"), plugin("kubernetes")].sort(),
          "locked addresses",
        );
        const logged = (name: string, text: string): void =>
          check(stranger.log(name).includes(text), `"${text}" in the log of ${name}, got\n${stranger.log(name)}`);
        for (const name of ["kind", "pulumi-resource-command"]) logged(name, "nothing was installed");
        logged("clusterctl", "(after 4 tries)");
        logged("kubectl", "redirects to http://dl.k8s.io, without TLS");
        check(mirror.count(kubectl) === 1, `one question for kubectl, got ${mirror.count(kubectl)}`);
        checkAsked();
      },
    },
    {
      name: "tools: the same command goes on from there",
      run: async () => {
        mirror.reset();
        checkEnd(await stranger.slipway("tools"), true, "tools to end well");
        checkInstalled();
        same(
          downloads.filter((url) => mirror.count(url) > 0),
          [clusterctl, kind, kubectl, plugin("command")],
          "downloads",
        );
      },
    },
    {
      name: "tools: a file other than the locked one is refused, also with a checksum that fits",
      run: async () => {
        mirror.reset();
        stranger.dropArtifact("clusterctl");
        mirror.fault(clusterctl, "altered"); // Cluster API publishes no checksums, so only the lock file knows
        const before = stranger.locked("tools.lock.json");
        checkEnd(await stranger.slipway("tools"), false, "tools to fail");
        const log = stranger.log("clusterctl");
        check(log.includes("tools.lock.json says"), `the lock file in the log, got\n${log}`);
        same(stranger.locked("tools.lock.json"), before, "locked checksums");
      },
    },
  ];
};
