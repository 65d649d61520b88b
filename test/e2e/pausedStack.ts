import { isDeepStrictEqual } from "node:util";
import { check, must } from "./harness";
import type { Inventory } from "./inventory";
import { containersOfCluster } from "./restarts";
import type { TestStack } from "./testStack";

/** Facts that a stop and a start must not change. */
interface Facts {
  addresses: Record<string, string>;
  objects: Inventory;
  policies: Record<string, string>;
}

/** A stack that a run stops and starts. */
export class PausedStack {
  private before: Facts | undefined;

  /**
   * @param cluster name of its only Docker cluster
   * @param management name of its management cluster
   */
  constructor(
    readonly stack: TestStack,
    readonly cluster: string,
    readonly management = "clusterapi",
  ) {}

  /** Name of the management cluster's node. */
  get managementNode(): string {
    return `${this.management}-control-plane`;
  }

  /** Names of all containers of the stack. */
  containers(): string[] {
    return [this.managementNode, ...containersOfCluster(this.cluster)];
  }

  /** Names of the containers that run. */
  running(): string[] {
    const all = this.containers();
    return must("docker", ["ps", "--format", "{{.Names}}"])
      .split("\n")
      .filter((name) => all.includes(name));
  }

  /** Names of the control plane nodes. */
  controlPlane(): string[] {
    return this.containers().filter((name) => name.startsWith(`${this.cluster}-control-plane`));
  }

  /** Returns the first worker's name. */
  worker(): string {
    return containersOfCluster(this.cluster).find((name) => /-md-|-worker/.test(name))!;
  }

  private inspect(format: string): Record<string, string> {
    return Object.fromEntries(
      this.containers().map((name) => [name, must("docker", ["inspect", "--format", format, name]).trim()]),
    );
  }

  /** Returns the IPv4 and IPv6 addresses of the containers on the network kind. */
  addresses(): Record<string, string> {
    return this.inspect("{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}}{{end}}");
  }

  policies(): Record<string, string> {
    return this.inspect("{{json .HostConfig.RestartPolicy}}");
  }

  /** Returns objects by uid and containers by id. A start changes the time at which a container began. */
  private objects(): Inventory {
    return Object.fromEntries(
      Object.entries(this.stack.inventory([this.cluster])).map(([name, item]) => [
        name,
        name.startsWith("container ") ? { id: item.id.split(" ")[0]! } : { id: item.id },
      ]),
    );
  }

  /** Keeps the facts of the running stack for `expectSame`. */
  remember(): void {
    this.before = { addresses: this.addresses(), objects: this.objects(), policies: this.policies() };
  }

  /** Runs a command that must succeed, and returns its output. */
  run(...args: string[]): string {
    const { code, stdout, stderr } = this.stack.slipway(...args);
    check(code === 0, `exit code 0 of ${args.join(" ")}, got ${code}\n${stdout}${stderr}`.slice(-4000));
    return stdout;
  }

  /** Runs `start`, and prints its conditions and its seconds. */
  start(): void {
    const begin = Date.now();
    console.log(this.run("start").replace(/^/gm, "         "));
    console.log(`         start took ${Math.round((Date.now() - begin) / 1000)} s`);
  }

  /** Claims that a command fails with a text. */
  expectRefused(command: string, pattern: RegExp): void {
    const { code, stdout, stderr } = this.stack.slipway(command);
    check(code === 1 && pattern.test(`${stdout}${stderr}`), `${pattern.source}, got ${code}\n${stdout}${stderr}`);
  }

  expectStopped(): void {
    check(this.running().length === 0, `no running container, got ${this.running().join(", ")}`);
  }

  /** Claims the facts of `remember`, the application's answer, and a plan without a change. */
  async expectSame(): Promise<void> {
    if (this.before === undefined) throw new Error("remember: expected a call before expectSame, got none");
    check(isDeepStrictEqual(this.addresses(), this.before.addresses), "the same addresses");
    check(isDeepStrictEqual(this.policies(), this.before.policies), "the same restart policies");
    const [before, now] = [this.before.objects, this.objects()];
    const other = Object.keys({ ...before, ...now }).filter((name) => before[name]?.id !== now[name]?.id);
    check(other.length === 0, `the same objects and containers, got others: ${other.join(", ")}`);
    const { url } = this.stack.outputs();
    if (url !== undefined) await this.stack.answers(url);
    this.stack.expectPlan({}, 0);
  }

  /** Returns the address of a container without IPv6. */
  addressOf(name: string): string {
    return this.before!.addresses[name]!.split(" ")[0]!;
  }
}
