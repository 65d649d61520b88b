import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../system/checkout";
import { check, type DockerInventory, dockerInventory, type Step } from "../harness";
import { linkTools } from "../withoutCheckout";
import { packNodeSdk } from "./languages";
import { npmInstall } from "./npm";
import { checkNothingLeft, clusterName, contentId, hasImage, nodeImage, pauseImages, Project } from "./project";

const node = `${clusterName}-control-plane`;

/** Returns a program with the raw configuration of a cluster and with these images in its node. */
const program = (images: readonly string[]): string => `import * as kind from "@slipway/kind";

const name = "${clusterName}";
const config = "kind: Cluster\\napiVersion: kind.x-k8s.io/v1alpha4\\n";
const cluster = new kind.KindCluster("cluster", { name, image: "${nodeImage()}", config });
const images = ${JSON.stringify(Object.fromEntries(images.map((image) => [image, contentId(image)])))};
const { nodeId } = cluster;
new kind.ImageLoad("images", { node: \`\${name}-control-plane\`, nodeId, images }, { deletedWith: cluster });
export const apiPort = cluster.apiPort;
`;

/**
 * Returns a folder with the language host for Node itself. On the source route, the one in .tools is a script that loads a file
 * of the checkout.
 */
const nodeHost = (folder: string): string => {
  const host = "pulumi-language-nodejs";
  const [, program] =
    /^exec '([^']+)'/m.exec(readFileSync(join(root, ".tools", "bin", host), "latin1").slice(0, 4096)) ?? [];
  const target = join(folder, "host");
  if (program === undefined) linkTools(target, host);
  else {
    mkdirSync(target);
    symlinkSync(program, join(target, host));
  }
  return target;
};

/** A state as `pulumi stack export` prints it. */
interface Exported {
  deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
}

/** Runs a TypeScript program with the npm package of the SDK and the packed plugin, and goes through its life. */
export const nodeSteps = (folder: string, sdks: string, plugin: string): Step[] => {
  const project = new Project(folder);
  const write = (images: readonly string[]): void => writeFileSync(join(project.folder, "index.ts"), program(images));
  const clusterOf = (state: Exported): Record<string, unknown> =>
    state.deployment.resources.find(({ type }) => type === "kind:index:KindCluster")?.outputs ?? {};
  const exported = (): Exported => JSON.parse(project.pulumi("stack", "export")) as Exported;
  const [first, second] = pauseImages;
  let before: DockerInventory;
  return [
    {
      name: "Node: a TypeScript program installs the npm package of the SDK",
      run: () => {
        before = dockerInventory();
        project.create();
        project.languageHost = nodeHost(folder);
        const archive = packNodeSdk(sdks, folder);
        const plugins = `plugins:\n  providers:\n    - name: kind\n      path: ${plugin}\n`;
        writeFileSync(join(project.folder, "Pulumi.yaml"), `name: consumer\nruntime: nodejs\n${plugins}`);
        writeFileSync(
          join(project.folder, "package.json"),
          '{ "name": "consumer", "private": true, "main": "index.ts" }\n',
        );
        writeFileSync(join(project.folder, "tsconfig.json"), '{ "compilerOptions": { "strict": true } }\n');
        npmInstall(project.folder, archive, "typescript@5", "@types/node@20");
        write([first]);
        project.pulumi("stack", "init", "test");
      },
    },
    {
      name: "Node: up creates a cluster, and loads an image into its node",
      run: () => {
        project.up();
        check(hasImage(node, first), `${first} in ${node}`);
      },
    },
    { name: "Node: refresh finds no change", run: () => project.refresh("--expect-no-changes") },
    { name: "Node: another up changes nothing", run: () => project.up("--expect-no-changes") },
    {
      name: "Node: the state of an earlier version, which has no nodeIds, shows no change",
      run: () => {
        const state = exported();
        check(node in (clusterOf(state)["nodeIds"] as object), `${node} in nodeIds`);
        delete clusterOf(state)["nodeIds"];
        const outputs = JSON.stringify(clusterOf(state));
        const file = join(folder, "earlier.json");
        writeFileSync(file, JSON.stringify(state));
        project.pulumi("stack", "import", "--file", file);
        project.up("--expect-no-changes");
        project.refresh("--expect-no-changes");
        check(JSON.stringify(clusterOf(exported())) === outputs, `the outputs ${outputs}`);
      },
    },
    {
      name: "Node: another image is loaded into the same node",
      run: () => {
        write([first, second]);
        project.up();
        check(hasImage(node, second), `${second} in ${node}`);
      },
    },
    {
      name: "Node: destroy deletes the cluster",
      always: true,
      run: () => {
        project.pulumi("destroy", "--yes", "--skip-preview");
        checkNothingLeft(before);
      },
    },
  ];
};
