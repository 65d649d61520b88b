import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pins } from "../../../lib/versions/pins";
import { check, command, type DockerInventory, dockerInventory, must, newInDocker, type Result } from "../harness";
import { linkTools, withoutCheckout } from "../withoutCheckout";

/** Name of the kind cluster of these tests. */
export const clusterName = "slipway-sdk-test";

/** Images that the tests load into nodes. */
export const pauseImages = ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10.1"] as const;

/** Returns the content id of an image, which Docker pulls if it is missing. */
export const contentId = (image: string): string => {
  const inspect = ["image", "inspect", "--format", "{{.Id}}", image];
  if (command("docker", inspect).code !== 0) must("docker", ["pull", "--quiet", image]);
  return must("docker", inspect).trim();
};

/** Returns a node image that this machine has, or that Docker can pull. */
export const nodeImage = (): string => {
  const [local, published] = [pins.source, pins.release].map(({ kubernetes }) => `kindest/node:v${kubernetes}`);
  return command("docker", ["image", "inspect", local!]).code === 0 ? local! : published!;
};

/** Returns true if the containerd of a node has an image. */
export const hasImage = (node: string, image: string): boolean =>
  must("docker", ["exec", node, "ctr", "--namespace", "k8s.io", "images", "list", "--quiet"])
    .split("\n")
    .includes(image);

/** Checks that Docker has nothing besides what it had before. kind keeps its network, which this deletes. */
export const checkNothingLeft = (before: DockerInventory): void => {
  const hasNetwork = (inventory: DockerInventory): boolean => inventory.networks.includes("kind");
  if (hasNetwork(dockerInventory()) && !hasNetwork(before)) must("docker", ["network", "rm", "kind"]);
  const left = newInDocker(before, dockerInventory());
  check(left.length === 0, `nothing left in Docker, got ${left.join(", ")}`);
};

/** A Pulumi project in a folder outside of the checkout, with a state and plugins of its own. */
export class Project {
  readonly folder: string;
  /** Folder of a language host, before all others in PATH. */
  languageHost = "";

  constructor(private readonly place: string) {
    this.folder = join(place, "program");
  }

  create(): void {
    for (const name of ["state", "program"]) mkdirSync(join(this.place, name));
    linkTools(join(this.place, "tools"), "kind", "kubectl", "pulumi");
  }

  /** Runs pulumi without the checkout, however it ends. */
  run(...args: string[]): Result {
    return command(...withoutCheckout("pulumi", [...args, "--non-interactive", "--color", "never"]), {
      cwd: this.folder,
      env: {
        PATH: [this.languageHost, join(this.place, "tools"), process.env["PATH"]].filter(Boolean).join(":"),
        PULUMI_HOME: join(this.place, "home"),
        PULUMI_BACKEND_URL: `file://${join(this.place, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "only for this test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    });
  }

  /** Runs pulumi, which must succeed, and returns its standard output. */
  pulumi(...args: string[]): string {
    const { code, stdout, stderr } = this.run(...args);
    check(code === 0, `pulumi ${args.join(" ")} to succeed, got ${code}\n${`${stdout}${stderr}`.slice(-4000)}`);
    return stdout;
  }

  up(...args: string[]): void {
    this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  refresh(...args: string[]): void {
    this.pulumi("refresh", "--yes", "--skip-preview", ...args);
  }
}
