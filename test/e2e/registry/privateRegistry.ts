import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sourceDefaults } from "../../../lib/settings/routeDefaults";
import { pins } from "../../../lib/versions/pins";
import { endChild } from "../children";
import { eventually, must } from "../harness";
import { certify } from "../mirror/authority";
import { placeOf, pulledImages, pushImage } from "../mirror/registryImages";
import { buildRegistry, startRegistry } from "../mirror/registryProgram";
import type { StackSettings } from "../stackFile";

/** Port of the registry with TLS. */
const frontPort = 5953;

/** Name of the user. */
const user = "lab";

/** The address of this machine that nodes of any Docker network reach. */
const gatewayAddress = (): string =>
  must("docker", ["network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"]).trim();

/** A registry on this machine whose certificate no node trusts, and which demands a password. */
export class PrivateRegistry {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-registry-"));
  /** HOST:PORT. */
  readonly host: string;
  readonly bundle = join(this.folder, "tls", "ca.crt");
  private readonly children: ChildProcess[] = [];

  constructor() {
    const address = gatewayAddress();
    this.host = `${address}:${frontPort}`;
    certify(join(this.folder, "tls"), [address]);
    writeFileSync(this.requestFile, "");
  }

  private get requestFile(): string {
    return join(this.folder, "requests");
  }

  /** Folder for DOCKER_CONFIG. */
  get dockerConfig(): string {
    return join(this.folder, "docker");
  }

  /** Folder with the credential helper, for PATH. */
  get helperFolder(): string {
    return join(this.folder, "bin");
  }

  /** Fills the registry behind this one with the images of the source route, and starts both. */
  async start(password: string): Promise<void> {
    const registry = await startRegistry(await buildRegistry(), join(this.folder, "registry"));
    this.children.push(registry.process);
    for (const image of pulledImages()) await pushImage(registry.address, image, image);
    this.setPassword(password);
    const [address = ""] = this.host.split(":");
    const program = ["scripts/run.cjs", "test/e2e/registry/front.ts", this.folder, address, String(frontPort)];
    const log = openSync(join(this.folder, "front.log"), "a");
    this.children.push(spawn(process.execPath, program, { stdio: ["ignore", log, log] }));
    await eventually(`the registry at ${this.host} to accept connections`, 60, () => this.accepts(address));
  }

  private accepts(address: string): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(frontPort, address, () => resolve(true));
      socket.on("error", () => resolve(false)).on("connect", () => socket.destroy());
    });
  }

  /** Sets the password that the registry demands. */
  setPassword(password: string): void {
    writeFileSync(join(this.folder, "login"), `${user}:${password}`);
  }

  /** Writes Docker's config.json with a login in the file itself, or with no login. */
  storeLogin(password: string | undefined): void {
    const auth = Buffer.from(`${user}:${password}`).toString("base64");
    this.writeConfig({ auths: password === undefined ? {} : { [this.host]: { auth } } });
  }

  /** Writes Docker's config.json with a credential helper, which has the login. */
  storeInHelper(password: string): void {
    mkdirSync(this.helperFolder, { recursive: true });
    const answer = JSON.stringify({ ServerURL: this.host, Username: user, Secret: password });
    const helper = join(this.helperFolder, "docker-credential-slipway-test");
    const script = `#!/bin/sh\n[ "$1" = get ] && read -r host && [ "$host" = "${this.host}" ] && echo '${answer}'\n`;
    writeFileSync(helper, script);
    chmodSync(helper, 0o700);
    this.writeConfig({ credHelpers: { [this.host]: "slipway-test" } });
  }

  private writeConfig(config: object): void {
    mkdirSync(this.dockerConfig, { recursive: true });
    writeFileSync(join(this.dockerConfig, "config.json"), JSON.stringify(config));
  }

  /** Returns the name under which this registry has an image. */
  nameOf(image: string): string {
    const { repository, tag } = placeOf(image);
    return `${this.host}/${repository}:${tag}`;
  }

  /** Writes manifests whose images come from this registry, and returns the settings of a stack that pulls all images. */
  settings(): StackSettings {
    const folder = join(this.folder, "manifests");
    mkdirSync(folder, { recursive: true });
    const manifests = Object.entries(sourceDefaults).flatMap(([key, path]) => {
      if (!key.endsWith("Manifest")) return [];
      const text = readFileSync(String(path), "utf8");
      const file = join(folder, basename(String(path)));
      // Docker has the image of Cluster API's Docker provider, and loads it into the node.
      const named = text.replace(/^(\s*(?:- )?image: )"?([^\s"]+)"?$/gm, (line, start: string, image: string) =>
        image.includes("/capd-manager:") ? line : `${start}${this.nameOf(image)}`,
      );
      writeFileSync(file, named);
      return [[key, file] as const];
    });
    return {
      ...Object.fromEntries(manifests),
      imageSource: "registry",
      capdImageSource: "local",
      applicationImage: this.nameOf(`nginx:${pins.source.nginx}`),
      caBundle: this.bundle,
      imagePullCredentials: "docker",
    };
  }

  /** Returns the answers to questions for blobs and manifests, by the address of the client. */
  answers(): { status: number; client: string; path: string }[] {
    return readFileSync(this.requestFile, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [status = "", , client = "", path = ""] = line.split(" ");
        return { status: Number(status), client, path };
      });
  }

  forgetAnswers(): void {
    writeFileSync(this.requestFile, "");
  }

  async stop(): Promise<void> {
    for (const child of this.children.reverse()) await endChild(child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
