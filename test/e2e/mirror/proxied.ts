// A stack over the release route whose network reaches a proxy alone: test/e2e/scenarios/proxy.ts starts this program with a
// folder, in namespaces of its own. Its last line is "N passed, N failed".
import { randomBytes } from "node:crypto";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platformOf } from "../../../cli/toolchain/release/files";
import { pins } from "../../../lib/versions/pins";
import { endChild } from "../children";
import { command, type Counts, must, report, runSteps } from "../harness";
import { OwnDocker } from "../ownDocker";
import { readCertificate } from "./machine";
import { NameServer } from "./nameServer";
import { Newcomer, withSourceVersions } from "./newcomer";
import { packReleases } from "./packing";
import { proxySteps } from "./proxySteps";
import { Registries, registryHosts } from "./registries";
import { registryPort, startRegistry } from "./registryProgram";
import type { Handover } from "./releaseWorld";
import { hosts, Mirror } from "./server";
import { fetchSquid, type ProxyUser, Squid } from "./squid";

/** The two ends of the cable between the servers and the stack. The addresses are for documentation (RFC 5737). */
const [serverEnd, stackEnd] = ["203.0.113.1", "203.0.113.2"];

/** Enters the network of the stack. It has the cable and Docker's networks, and no default route. */
const enter = ["nsenter", "--net=/run/netns/stack"];

const connectNetworks = `
  set -e
  ip netns add stack
  ip link add to-stack type veth peer name to-servers netns stack
  ip address add ${serverEnd}/24 dev to-stack && ip link set to-stack up
  ip -netns stack address add ${stackEnd}/24 dev to-servers
  ip -netns stack link set to-servers up && ip -netns stack link set lo up`;

/** A password with characters that a URL, systemd and a shell write in another way. */
const userOf = (name: string): ProxyUser => ({ name, password: `p%@$ ${randomBytes(12).toString("hex")}` });

const runAll = async (folder: string): Promise<Counts> => {
  const { registryProgram, nodeImageDigest } = JSON.parse(
    readFileSync(join(folder, "handover.json"), "utf8"),
  ) as Handover;
  must("bash", ["-c", connectNetworks]);
  // Nothing in the stack's network finds an address by a name. squid has a list of its own.
  writeFileSync("/etc/resolv.conf", `nameserver ${serverEnd}\n`);
  const certificate = readCertificate(folder);
  const versions = withSourceVersions(pins, nodeImageDigest);
  const files = packReleases(realpathSync(".tools"), join(folder, "published"), platformOf(), versions);
  const newcomer = new Newcomer(join(folder, "newcomer"), certificate.authority, versions, enter);
  const mirror = new Mirror(files, certificate);
  const registries = new Registries(certificate, registryPort, []);
  const names = new NameServer({});
  const users = [userOf("first"), userOf("second")] as const;
  const proxy = `${serverEnd}:3128`;
  const squid = new Squid(fetchSquid(), join(folder, "squid"), proxy, { ...hosts, ...registryHosts });
  squid.setUsers(users);
  const [{ name, password }] = users;
  const url = `http://${name}:${encodeURIComponent(password)}@${proxy}`;
  // dockerd's own proxy is the user's matter.
  const docker = new OwnDocker(join(folder, "docker"), { enter, environment: { HTTP_PROXY: url, HTTPS_PROXY: url } });
  const registry = await startRegistry(registryProgram, join(folder, "registry"));
  try {
    await names.start(serverEnd);
    await mirror.startAll();
    await registries.start();
    await squid.start();
    await docker.start();
    return await runSteps(proxySteps({ newcomer, squid, proxy, enter, client: stackEnd, users }), () => {
      console.log(command("docker", ["ps", "--all"]).stdout);
      console.log(readFileSync(docker.log, "utf8").slice(-2000));
    });
  } finally {
    await docker.stop();
    await squid.stop();
    await mirror.stopAll();
    registries.stop();
    names.stop();
    await endChild(registry.process);
  }
};

void report(() => runAll(process.argv[2] ?? ""));
