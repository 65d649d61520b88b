import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeImageName } from "../../../cli/toolchain/source/images/names";
import { pins } from "../../../lib/versions/pins";
import { processFile, processNumbers } from "../../../system/processes";
import { endChild } from "../children";
import {
  check,
  type DockerInventory,
  dockerInventory,
  eventually,
  must,
  newInDocker,
  type Result,
  type Step,
} from "../harness";
import { documentedHosts, isListed } from "./documentedHosts";
import type { ReleaseWorld } from "./releaseWorld";
import { sha256Of } from "./stranger";
import { textOf } from "./world";

const page = /Welcome to nginx/;

/** Claims that the application answers; a first connection may be lost, so it is asked for 10 s. */
const checkAnswers = async (url: string): Promise<void> => {
  for (let tries = 10; ; tries -= 1) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) })
      .then(async (response) => `${response.status} ${await response.text()}`)
      .catch((error: unknown) => String(error));
    if (answer.startsWith("200 ") && page.test(answer)) return;
    check(tries > 1, `HTTP 200 and nginx's page from ${url}, got ${answer.slice(0, 200)}`);
    await sleep(1000);
  }
};

/** Throws if a command ended in another way, with the end of its output. */
const checkEnd = (result: Result, succeeds: boolean, claim: string): void =>
  check((result.code === 0) === succeeds, `${claim}, got exit code ${result.code}\n${textOf(result).slice(-8000)}`);

/** The containers of Docker, with what changes when somebody replaces or restarts one. */
const containers = (): string => must("docker", ["ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.CreatedAt}}"]);

/** The lines of Pulumi's summary, such as `+ 179 created`. */
const summaryOf = (stdout: string): string[] =>
  /^Resources:\n((?: {4}.*\n)+)/m
    .exec(stdout)?.[1]
    ?.split("\n")
    .map((line) => line.trim())
    .filter(Boolean) ?? [];

/** The steps of the whole journey; each needs those before it. */
export const releaseSteps = (world: ReleaseWorld): Step[] => {
  const { newcomer, registries, registry, names, docker, files, nodeImageDigest, limited } = world;
  const stackFile = "Pulumi.dev.yaml";
  let before: DockerInventory = { containers: [], volumes: [], networks: [] };

  const checkUp = async (stdout: string): Promise<void> => {
    const url = /^(http:\/\/\S+) answers:$/m.exec(stdout)?.[1] ?? "";
    check(url !== "" && page.test(stdout), `the page in the report of up, got\n${stdout.slice(-3000)}`);
    await checkAnswers(url);
  };

  const locked = (file: string): Record<string, string> => JSON.parse(newcomer.read(file)) as Record<string, string>;

  return [
    {
      name: "Docker is new: overlay2 on a real file system, without an image, a container or a network of its own",
      run: () => {
        const info = must("docker", ["info", "--format", "{{.Driver}} {{.Images}} {{.Containers}}"]).trim();
        check(info === "overlay2 0 0", `overlay2 without images and containers, got ${info}`);
        before = dockerInventory();
      },
    },
    {
      name: "make up: an empty environment gets the release route and the stack dev, and the page answers HTTP 200",
      run: async () => {
        const result = await newcomer.make("up");
        checkEnd(result, true, "up to end well");
        const text = textOf(result);
        for (const line of [
          /^route: release \(github\.com and dl\.k8s\.io answer\)/m,
          /^stack: dev \(the default of the release/m,
        ])
          check(line.test(text), `${line.source}, got\n${text.slice(0, 3000)}`);
        check(
          !/: FAILED after /.test(result.stdout),
          `no download or pull to fail, got\n${result.stdout.slice(0, 3000)}`,
        );
        await checkUp(result.stdout);
      },
    },
    {
      name: "the images come from the registries, by anonymous tokens, a redirect and after rate limits",
      run: () => {
        const digests = must("docker", [
          "image",
          "inspect",
          "--format",
          "{{.RepoDigests}}",
          nodeImageName(pins.source),
        ]);
        check(
          digests.includes(`kindest/node@${nodeImageDigest}`),
          `${nodeImageDigest} of the node image, got ${digests}`,
        );
        const expectations: [string, boolean][] = [
          ["tokens of auth.docker.io", registries.count("auth.docker.io", 200, /^\/token\?/) > 0],
          ["tokens of quay.io", registries.count("quay.io", 200, /^\/v2\/auth\?/) > 0],
          ["tokens of gcr.io", registries.count("gcr.io", 200, /^\/v2\/token\?/) > 0],
          ["redirects of registry.k8s.io", registries.count("registry.k8s.io", 307) > 0],
          ["images behind the redirect", registries.count("us-west1-docker.pkg.dev", 200, /\/blobs\//) > 0],
          ["each rate limit once", registries.count("registry-1.docker.io", 429) === limited.length],
        ];
        const missing = expectations.filter(([, holds]) => !holds).map(([name]) => name);
        check(missing.length === 0, `${missing.join(", ")}`);
        const failed = registries.answers.filter(({ status }) => ![200, 206, 307, 401, 429].includes(status));
        check(failed.length === 0, `no other failure, got ${JSON.stringify(failed.slice(0, 5))}`);
      },
    },
    {
      name: "the lock files have the checksum of each file that was fetched, and nothing else of the clone differs",
      run: () => {
        for (const file of ["tools.lock.json", "manifests.lock.json"]) {
          const fetched = Object.entries(locked(file)).filter(([address]) => files.has(address));
          check(fetched.length > 5, `more than five addresses in ${file}, got ${fetched.length}`);
          for (const [address, checksum] of fetched)
            check(checksum === sha256Of(files.get(address)!), `the checksum of ${address} in ${file}`);
        }
        const downloads = world.mirror.requests
          .filter((line) => line.startsWith("GET https://"))
          .map((line) => line.slice(4));
        const known = { ...locked("tools.lock.json"), ...locked("manifests.lock.json") };
        const unlocked = downloads.filter((address) => files.has(address) && !(address in known));
        const checksums = /SHA512SUMS|checksums\.txt|\.sha256/;
        const unknown = unlocked.filter((address) => !checksums.test(address));
        check(unknown.length === 0, `all downloads to be locked, got none of ${unknown.join(", ")}`);
        const changed = newcomer.changedFiles().join(" ");
        check(changed === "manifests.lock.json tools.lock.json", `only the lock files to differ, got ${changed}`);
      },
    },
    {
      name: "make up again changes nothing",
      run: async () => {
        const [running, requests] = [containers(), world.mirror.requests.length];
        const result = await newcomer.make("up");
        checkEnd(result, true, "up to end well");
        const summary = summaryOf(result.stdout);
        check(
          summary.length === 1 && /^\d+ unchanged$/.test(summary[0] ?? ""),
          `only unchanged, got ${summary.join(", ")}`,
        );
        check(containers() === running, "the same containers");
        check(world.mirror.requests.length === requests, "no question to the hosts of the tools");
        await checkUp(result.stdout);
      },
    },
    {
      name: "Ctrl-C in the middle of another up, which adds a node, and the next up completes",
      run: async () => {
        const original = newcomer.read(stackFile);
        newcomer.write(stackFile, original.replace("workerReplicas: 1", "workerReplicas: 2"));
        const cut = await newcomer.make("up", { at: /MachineDeployment.* updat/, after: 5000 });
        check(cut.interrupted, `up to come to the new node, got\n${textOf(cut).slice(-8000)}`);
        checkEnd(cut, false, "the interrupted up to fail");
        const result = await newcomer.make("up");
        checkEnd(result, true, "the next up to complete");
        await checkUp(result.stdout);
        const nodes = must(join(newcomer.checkout, ".tools/bin/kubectl"), ["get", "nodes", "--no-headers"], {
          env: { KUBECONFIG: join(newcomer.checkout, ".slipway/kubeconfigs/dev/capd.yaml") },
        });
        const ready = nodes.split("\n").filter((line) => / Ready /.test(line));
        check(ready.length === 3, `three nodes that are ready, got\n${nodes}`);
        newcomer.write(stackFile, original);
      },
    },
    {
      name: "make doctor: each host of the route and the settings answers",
      run: async () => {
        const { stdout } = await newcomer.make("doctor");
        const hosts = [...stdout.matchAll(/^(\w+) +host +(.*)$/gm)].map(([, state, text]) => `${state} ${text}`);
        check(hosts.length >= 7 && hosts.every((line) => /^ok .* answers$/.test(line)), `all hosts, got\n${stdout}`);
      },
    },
    {
      name: "make destroy deletes everything",
      always: true,
      run: async () => {
        const result = await newcomer.make("destroy");
        checkEnd(result, true, "destroy to end well");
        check(/^nothing left: /m.test(result.stdout), `the last line of destroy, got\n${result.stdout.slice(-2000)}`);
        const left = newInDocker(before, dockerInventory());
        check(left.length === 0, `Docker to hold nothing new, got ${left.join(", ")}`);
      },
    },
    {
      name: "the home folder has no plugin of Pulumi, and the clone has its stack file as it was",
      run: () => {
        const plugins = join(newcomer.home, ".pulumi", "plugins");
        const installed = existsSync(plugins) ? readdirSync(plugins) : [];
        check(installed.length === 0, `no plugin in ${plugins}, got ${installed.join(", ")}`);
        const changed = newcomer.changedFiles().join(" ");
        check(changed === "manifests.lock.json tools.lock.json", `only the lock files to differ, got ${changed}`);
      },
    },
    {
      name: "no host was asked for that the documentation does not list",
      always: true,
      run: () => {
        const listed = documentedHosts();
        check(names.sourcesByName.has("registry-1.docker.io"), `the log of the name server to work`);
        const strange = [...names.sourcesByName].filter(([name]) => !isListed(name, listed));
        const lines = strange.map(([name, sources]) => `${name} (from ${[...sources].join(", ")})`);
        check(lines.length === 0, `only documented hosts, got ${lines.join(", ")}`);
      },
    },
    {
      name: "Docker and the registry end by their ids, and no process is left",
      always: true,
      run: async () => {
        await docker.stop();
        await endChild(registry.process);
        // The shell at the start of the namespaces collects orphans, which takes a moment.
        await eventually("no process of the run to be left", 15, () => {
          const left = processNumbers().filter((pid) => !world.ownProcesses.includes(pid));
          return left.length === 0 || left.map((pid) => `${pid} ${processFile(pid, "cmdline").replaceAll("\0", " ")}`);
        });
      },
    },
  ];
};
