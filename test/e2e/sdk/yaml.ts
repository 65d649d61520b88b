import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pins } from "../../../lib/versions/pins";
import { root } from "../../../system/checkout";
import { check, command, type DockerInventory, dockerInventory, must, newInDocker, type Step } from "../harness";
import { exampleOf } from "./examples";
import { yamlHost } from "./generator";

const name = "slipway-sdk-test";
const worker = `${name}-worker`;
const image = (version: string): string => `kindest/node:v${version}`;

/** Returns a node image that this machine has, or that Docker can pull. */
const nodeImage = (): string => {
  const local = image(pins.source.kubernetes);
  return command("docker", ["image", "inspect", local]).code === 0 ? local : image(pins.release.kubernetes);
};

/** Returns the example as a program of this test, with further text at the end of the cluster's properties. */
const program = (more = ""): string => {
  const text = exampleOf("YAML")
    .replace(/^plugins:\n(?: .*\n)+/m, "")
    .replace("name: lab\n      image", `name: ${name}\n      image`)
    .replace(/kindest\/node:\S+/, nodeImage())
    .replace("hostPort: 8080", "hostPort: 0");
  return text.replace(/^outputs:/m, `${more}outputs:`);
};

/** Creates a cluster of two nodes from the example's YAML program, and goes through its life. */
export const yamlSteps = (folder: string, _sdks: string, plugin: string): Step[] => {
  const consumer = join(folder, "program");
  let path = "";
  let before: DockerInventory;
  const pulumi = (...args: string[]) =>
    command("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: consumer,
      env: {
        PATH: `${path}:${join(root, ".tools", "bin")}:${process.env["PATH"]}`,
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "only for this test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    });
  const succeed = (...args: string[]): string => {
    const { code, stdout, stderr } = pulumi(...args);
    check(code === 0, `pulumi ${args.join(" ")} to succeed, got ${code}\n${`${stdout}${stderr}`.slice(-4000)}`);
    return stdout;
  };
  const file = join(consumer, "Pulumi.yaml");
  /** Writes the program, and keeps the package that `pulumi package add` named in the project. */
  const write = (more = ""): void => {
    const [packages = ""] = existsSync(file) ? (/^packages:\n(?: .*\n?)+/m.exec(readFileSync(file, "utf8")) ?? []) : [];
    writeFileSync(file, `${program(more)}${packages}`);
  };
  const up = (...args: string[]): string => succeed("up", "--yes", "--skip-preview", ...args);
  const imagesOf = (node: string): string =>
    must("docker", ["exec", node, "ctr", "--namespace", "k8s.io", "images", "list", "--quiet"]);
  const pause = "registry.k8s.io/pause:3.10";
  const images = (): string => {
    const id = must("docker", ["image", "inspect", "--format", "{{.Id}}", pause]).trim();
    return `      images: { "${pause}": "${id}" }\n`;
  };
  const third = "        - role: worker\n";

  return [
    {
      name: "YAML: pulumi package add names the packed plugin in a project outside of the checkout",
      run: async () => {
        path = await yamlHost();
        before = dockerInventory();
        for (const created of ["state", "program"]) mkdirSync(join(folder, created));
        write();
        succeed("stack", "init", "test");
        succeed("package", "add", plugin);
        check(/^packages:\n +kind: /m.test(readFileSync(file, "utf8")), "packages with kind in Pulumi.yaml");
      },
    },
    {
      name: "YAML: a preview refuses all wrong properties at once, by their paths",
      run: () => {
        write('      nodes: [{ role: master }, { extraMounts: [{ hostPath: data, containerPath: "/a" }] }]\n');
        writeFileSync(file, readFileSync(file, "utf8").replace(/ {6}nodes:\n(?: {8}.*\n)+/, ""));
        const { code, stdout, stderr } = pulumi("preview");
        const text = stdout + stderr;
        check(
          code !== 0 && text.includes("nodes[0].role: expected one of control-plane, worker"),
          `a refusal, got\n${text}`,
        );
        check(text.includes("nodes[1].extraMounts[0].hostPath: expected an absolute path"), `both paths, got\n${text}`);
        write();
      },
    },
    {
      name: "YAML: up creates a cluster of two Ready nodes",
      run: () => {
        up();
        const nodes = must("docker", ["exec", `${name}-control-plane`, "kubectl", "get", "nodes", "--no-headers"]);
        check(nodes.trim().split("\n").length === 2, `two nodes, got\n${nodes}`);
        const labels = ["get", "nodes", "--selector", "tier=web", "--output", "name"];
        const labelled = must("docker", ["exec", `${name}-control-plane`, "kubectl", ...labels]);
        check(labelled.trim() === `node/${worker}`, `the worker's label, got ${labelled}`);
      },
    },
    {
      name: "YAML: refresh finds no change",
      run: () => void succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes"),
    },
    { name: "YAML: another up changes nothing", run: () => void up("--expect-no-changes") },
    {
      name: "YAML: an image is loaded into both nodes in place",
      run: () => {
        const id = must("docker", ["inspect", "--format", "{{.Id}}", worker]);
        write(images());
        up();
        for (const node of [worker, `${name}-control-plane`])
          check(imagesOf(node).includes("pause:3.10\n"), `${pause} in ${node}`);
        check(must("docker", ["inspect", "--format", "{{.Id}}", worker]) === id, "the same worker");
      },
    },
    {
      name: "YAML: up starts a worker that somebody stopped",
      run: () => {
        must("docker", ["stop", worker]);
        check(/~ +kind:index:KindCluster/.test(succeed("preview")), "an update in the preview");
        up();
        check(
          must("docker", ["inspect", "--format", "{{.State.Running}}", worker]).trim() === "true",
          "a running worker",
        );
      },
    },
    {
      name: "YAML: another stack imports the cluster, and agrees with it",
      run: () => {
        succeed("stack", "init", "other");
        succeed(
          "import",
          "kind:index:KindCluster",
          "cluster",
          name,
          "--yes",
          "--skip-preview",
          "--protect=false",
          "--generate-code=false",
        );
        const preview = succeed("preview", "--diff");
        check(!/replace/.test(preview), `no replacement, got\n${preview}`);
        const urn = /urn:\S*KindCluster::cluster/.exec(succeed("stack", "--show-urns"))?.[0] ?? "";
        succeed("state", "delete", urn, "--yes");
        succeed("stack", "rm", "--yes", "--force");
        succeed("stack", "select", "test");
      },
    },
    {
      name: "YAML: a preview shows the replacement for another worker, and for one that somebody deleted",
      run: () => {
        write(images());
        writeFileSync(file, readFileSync(file, "utf8").replace(/^( {8}- role: worker\n)/m, `${third}$1`));
        const added = succeed("preview");
        check(
          /(\+-|replace).*kind:index:KindCluster|kind:index:KindCluster.*replace/.test(added),
          `a replacement, got\n${added}`,
        );
        must("docker", ["rm", "--force", "--volumes", worker]);
        write(images());
        const lost = succeed("preview");
        check(/kind:index:KindCluster.*replace/.test(lost), `a replacement, got\n${lost}`);
      },
    },
    {
      name: "YAML: up creates the cluster again",
      run: () => {
        up();
        check(must("docker", ["inspect", "--format", "{{.State.Running}}", worker]).trim() === "true", "a new worker");
        check(imagesOf(worker).includes("pause:3.10\n"), `${pause} in ${worker} from its start`);
      },
    },
    {
      name: "YAML: destroy deletes both nodes",
      always: true,
      run: () => {
        succeed("destroy", "--yes", "--skip-preview");
        // kind keeps its network for the next cluster.
        if (!before.networks.includes("kind")) must("docker", ["network", "rm", "kind"]);
        const left = newInDocker(before, dockerInventory());
        check(left.length === 0, `nothing left in Docker, got ${left.join(", ")}`);
      },
    },
  ];
};
