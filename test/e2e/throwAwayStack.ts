import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumiEnvironment } from "../../cli/pulumi/environment";
import type { Route } from "../../lib/versions/pins";
import { openTemporary } from "../../system/temporary";
import { command, commandMeanwhile, must, type Result } from "./harness";
import { deriveStackFile, type StackSettings } from "./stackFile";

/** A stack's outputs, by the names of index.ts. */
export interface Outputs {
  url?: string;
  answer?: string;
  urls: Record<string, string>;
  loadBalancerRange?: string;
  managementCluster: string;
  clusters: { name: string; namespace: string; version: string; nodes: string[]; loadBalancerRange?: string }[];
  kubeconfigs: Record<string, string>;
}

/** Of every such stack's state; a look for secrets looks for it too. */
export const passphrase = "an end to end run keeps nothing";

/** The route whose tools this checkout has. */
export const currentRoute = (): Route => must("scripts/slipway", ["route"]).trim().split("\n").at(-1) as Route;

/** A stack that exists for one run: a settings file that git ignores, a state of its own, and what is asked of it. */
export class ThrowAwayStack {
  /** Where Slipway is run from; another one is what a user has after an update. */
  checkout = process.cwd();
  readonly backend = mkdtempSync(join(tmpdir(), "slipway-e2e-"));
  readonly env: Record<string, string>;
  /** The folder for what the run itself calls beside Slipway, as env.sh makes one for a plain `pulumi`. */
  protected readonly ownFolder: ReturnType<typeof openTemporary>;

  /** @param temporary what all programs of the run have as temporary folder; default: the machine's */
  constructor(
    readonly name: string,
    readonly route: Route,
    readonly temporary = tmpdir(),
  ) {
    this.ownFolder = openTemporary(temporary);
    const programEnv = {
      STACK: name,
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      TMPDIR: temporary,
    };
    this.env = {
      ...programEnv,
      ...pulumiEnvironment(process.cwd(), { env: { ...process.env, ...programEnv } }).variables,
    };
  }

  private get file(): string {
    return join(this.checkout, `Pulumi.${this.name}.yaml`);
  }

  private get place(): { cwd: string; env: Record<string, string> } {
    return { cwd: this.checkout, env: this.env };
  }

  private get placeOfTest(): { cwd: string; env: Record<string, string> } {
    return { cwd: this.checkout, env: { ...this.env, TMPDIR: this.ownFolder.folder } };
  }

  /** Writes the stack file: a checked-in one, with other settings. */
  write(base: string, changes: StackSettings = {}): void {
    writeFileSync(this.file, deriveStackFile(readFileSync(`Pulumi.${base}.yaml`, "utf8"), changes));
  }

  /** Runs Pulumi on the stack; an error where it fails. */
  pulumi(...args: string[]): string {
    return must("pulumi", [...args, "--stack", this.name, "--non-interactive"], this.placeOfTest);
  }

  /** Plain Pulumi on the stack, with further variables, however it ends. */
  plainPulumi(args: string[], variables: Record<string, string> = {}): Result {
    const { cwd, env } = this.placeOfTest;
    return command("pulumi", [...args, "--stack", this.name, "--non-interactive"], {
      cwd,
      env: { ...env, ...variables },
    });
  }

  /** Runs a verb of scripts/slipway, however it ends. */
  slipway(...args: string[]): Result {
    return this.slipwayWith({}, ...args);
  }

  /** The same with further variables. */
  slipwayWith(variables: Record<string, string>, ...args: string[]): Result {
    return command("scripts/slipway", args, { ...this.place, env: { ...this.env, ...variables } });
  }

  /** The same, while the run goes on. */
  slipwayMeanwhile(...args: string[]): Promise<Result> {
    return commandMeanwhile("scripts/slipway", args, this.place);
  }

  /** @param options show it; copy what it prints to a file; write the engine's events, in full, to another */
  up({ events, ...options }: { show?: boolean; copy?: string; events?: string } = {}): void {
    // Pulumi has this flag for those who mend it only.
    const env = events === undefined ? this.env : { ...this.env, PULUMI_DEBUG_COMMANDS: "true" };
    const args = events === undefined ? [] : ["--event-log", events];
    must("scripts/slipway", ["up", ...args], { ...this.place, ...options, env });
  }

  destroy(options: { show?: boolean } = {}): void {
    must("scripts/slipway", ["destroy"], { ...this.place, ...options });
  }

  outputs(): Outputs {
    return JSON.parse(this.pulumi("stack", "output", "--json", "--show-secrets")) as Outputs;
  }

  /** The environment with the kubeconfig of a cluster. */
  kubeconfig(cluster: string): Record<string, string> {
    return { ...this.placeOfTest.env, KUBECONFIG: `.slipway/kubeconfigs/${this.name}/${cluster}.yaml` };
  }

  kubectl(cluster: string, ...args: string[]): string {
    return must("kubectl", args, { env: this.kubeconfig(cluster) });
  }

  /** Takes the state and the stack file away; the clusters are `destroy`'s. */
  remove(): void {
    this.ownFolder.close();
    rmSync(this.backend, { recursive: true, force: true });
    rmSync(this.file, { force: true });
    // The file for plain pulumi names the backend that a user of this checkout has.
    command("scripts/slipway", ["env"]);
  }
}
