import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, command, type DockerInventory, dockerInventory, must, type Step } from "../harness";
import { exampleOf } from "./examples";
import { yamlHost } from "./generator";
import { checkNothingLeft, clusterName, contentId, hasImage, nodeImage, pauseImages, Project } from "./project";

const name = clusterName;
const worker = `${name}-worker`;

/** Returns the example as a program of this test, with further text at the end of the cluster's properties. */
const program = (more = ""): string => {
  const text = exampleOf("YAML")
    .replace(/^plugins:\n(?: .*\n)+/m, "")
    .replace("name: lab\n      image", `name: ${name}\n      image`)
    .replace(/kindest\/node:\S+/, nodeImage())
    .replace("hostPort: 8080", "hostPort: 0");
  return text.replace(/^outputs:/m, `${more}outputs:`);
};

const kubectl = (...args: string[]): string => must("docker", ["exec", `${name}-control-plane`, "kubectl", ...args]);

/**
 * Waits until both nodes are Ready. Node images of the source route have a pod network for one control plane node only, so the
 * worker gets its own part of the same network.
 */
const waitForNodes = (): void => {
  const file = "/etc/cni/net.d/10-kindnet-stand-in.conflist";
  if (command("docker", ["exec", `${name}-control-plane`, "ls", file]).code === 0) {
    const subnet = kubectl("get", "node", worker, "--output", "jsonpath={.spec.podCIDR}");
    const ipam = { type: "host-local", ranges: [[{ subnet }]], routes: [{ dst: "0.0.0.0/0" }] };
    const plugins = [
      { type: "ptp", ipMasq: true, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ];
    const text = JSON.stringify({ cniVersion: "0.3.1", name: "kindnet-stand-in", plugins });
    must("docker", ["exec", worker, "sh", "-c", `echo '${text}' >${file}`]);
  }
  kubectl("wait", "nodes", "--all", "--for=condition=Ready", "--timeout=120s");
};

/** Creates a cluster of two nodes from the example's YAML program, and goes through its life. */
export const yamlSteps = (folder: string, _sdks: string, plugin: string): Step[] => {
  const project = new Project(folder);
  let before: DockerInventory;
  const file = join(project.folder, "Pulumi.yaml");
  /** Writes the program, and keeps the package that `pulumi package add` named in the project. */
  const write = (more = ""): void => {
    const [packages = ""] = existsSync(file) ? (/^packages:\n(?: .*\n?)+/m.exec(readFileSync(file, "utf8")) ?? []) : [];
    writeFileSync(file, `${program(more)}${packages}`);
  };
  const [pause] = pauseImages;
  const images = (): string => `      images: { "${pause}": "${contentId(pause)}" }\n`;
  const third = "        - role: worker\n";

  return [
    {
      name: "YAML: pulumi package add names the packed plugin in a project outside of the checkout",
      run: async () => {
        project.languageHost = await yamlHost();
        before = dockerInventory();
        project.create();
        write();
        project.pulumi("stack", "init", "test");
        project.pulumi("package", "add", plugin);
        check(/^packages:\n +kind: /m.test(readFileSync(file, "utf8")), "packages with kind in Pulumi.yaml");
      },
    },
    {
      name: "YAML: a preview refuses all wrong properties at once, by their paths",
      run: () => {
        write('      nodes: [{ role: master }, { extraMounts: [{ hostPath: data, containerPath: "/a" }] }]\n');
        writeFileSync(file, readFileSync(file, "utf8").replace(/ {6}nodes:\n(?: {8}.*\n)+/, ""));
        const { code, stdout, stderr } = project.run("preview");
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
        project.up();
        const nodes = kubectl("get", "nodes", "--no-headers");
        check(nodes.trim().split("\n").length === 2, `two nodes, got\n${nodes}`);
        waitForNodes();
        const labelled = kubectl("get", "nodes", "--selector", "tier=web", "--output", "name");
        check(labelled.trim() === `node/${worker}`, `the worker's label, got ${labelled}`);
      },
    },
    {
      name: "YAML: refresh finds no change",
      run: () => project.refresh("--expect-no-changes"),
    },
    { name: "YAML: another up changes nothing", run: () => project.up("--expect-no-changes") },
    {
      name: "YAML: an image is loaded into both nodes in place",
      run: () => {
        const id = must("docker", ["inspect", "--format", "{{.Id}}", worker]);
        write(images());
        project.up();
        for (const node of [worker, `${name}-control-plane`]) check(hasImage(node, pause), `${pause} in ${node}`);
        check(must("docker", ["inspect", "--format", "{{.Id}}", worker]) === id, "the same worker");
      },
    },
    {
      name: "YAML: up starts a worker that somebody stopped",
      run: () => {
        must("docker", ["stop", worker]);
        check(/~ +kind:index:KindCluster/.test(project.pulumi("preview")), "an update in the preview");
        project.up();
        check(
          must("docker", ["inspect", "--format", "{{.State.Running}}", worker]).trim() === "true",
          "a running worker",
        );
      },
    },
    {
      name: "YAML: another stack imports the cluster, and agrees with it",
      run: () => {
        project.pulumi("stack", "init", "other");
        project.pulumi(
          "import",
          "kind:index:KindCluster",
          "cluster",
          name,
          "--yes",
          "--skip-preview",
          "--protect=false",
          "--generate-code=false",
        );
        const preview = project.pulumi("preview", "--diff");
        check(!/replace/.test(preview), `no replacement, got\n${preview}`);
        const urn = /urn:\S*KindCluster::cluster/.exec(project.pulumi("stack", "--show-urns"))?.[0] ?? "";
        project.pulumi("state", "delete", urn, "--yes");
        project.pulumi("stack", "rm", "--yes", "--force");
        project.pulumi("stack", "select", "test");
      },
    },
    {
      name: "YAML: a preview shows the replacement for another worker, and for one that somebody deleted",
      run: () => {
        write(images());
        writeFileSync(file, readFileSync(file, "utf8").replace(/^( {8}- role: worker\n)/m, `${third}$1`));
        const added = project.pulumi("preview");
        check(
          /(\+-|replace).*kind:index:KindCluster|kind:index:KindCluster.*replace/.test(added),
          `a replacement, got\n${added}`,
        );
        must("docker", ["rm", "--force", "--volumes", worker]);
        write(images());
        const lost = project.pulumi("preview");
        check(/kind:index:KindCluster.*replace/.test(lost), `a replacement, got\n${lost}`);
      },
    },
    {
      name: "YAML: up creates the cluster again",
      run: () => {
        project.up();
        check(must("docker", ["inspect", "--format", "{{.State.Running}}", worker]).trim() === "true", "a new worker");
        check(hasImage(worker, pause), `${pause} in ${worker} from its start`);
      },
    },
    {
      name: "YAML: destroy deletes both nodes",
      always: true,
      run: () => {
        project.pulumi("destroy", "--yes", "--skip-preview");
        checkNothingLeft(before);
      },
    },
  ];
};
