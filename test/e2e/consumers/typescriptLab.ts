import { join } from "node:path";
import { dependencies } from "../../../package.json";
import { check, must } from "../harness";
import { exampleOf } from "../sdk/examples";
import { buildNodeSdk, npmInstall } from "../sdk/npm";
import type { Consumer } from "./consumer";
import { type Installed, pluginBlock, writeSdks } from "./package";
import { answerAll } from "./yamlLab";

/** Generates the SDK for Node from the schema of the installed plugin, and installs the SDK and other packages into a folder. */
export const installSdk = async (folder: string, installed: Installed, ...packages: string[]): Promise<void> => {
  // Beside the program: jest refuses two packages of one name below its folder.
  const generated = `${folder}-sdk`;
  await writeSdks(installed, generated);
  const sdk = buildNodeSdk(join(generated, "nodejs"));
  const versions = ["@pulumi/pulumi", "@pulumi/kubernetes"] as const;
  const pinned = versions.map((name) => `${name}@${dependencies[name]}`);
  npmInstall(folder, "--install-links", sdk, ...pinned, ...packages);
};

/** The TypeScript program of docs/guides/use-as-a-package.md: a Lab, and an object after it. The changed program changes the object. */
export const typescriptLab: Consumer = {
  name: "TypeScript, Lab",
  files: (installed, isChanged) => ({
    "Pulumi.yaml": `name: consumer
runtime:
  name: nodejs
  options:
    typescript: false
${pluginBlock(installed)}`,
    "package.json": '{ "name": "consumer", "private": true, "main": "index.js" }\n',
    "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, target: "es2022", module: "nodenext" } }),
    "index.ts": exampleOf("A Lab in TypeScript", "use-as-a-package.md").replace(
      'colour: "blue"',
      `colour: "${isChanged ? "green" : "blue"}"`,
    ),
  }),
  install: async (folder, installed) => installSdk(folder, installed, "typescript@5", "@types/node@20"),
  compile: (folder) => void must("npx", ["--no-install", "tsc"], { cwd: folder }),
  wrong: {
    texts: { 'name: "guest"': 'name: "Guest_"', "replicas: 1": "replicas: -1" },
    paths: ["clusters[0].name", "clusters[0].workers[0].replicas"],
  },
  verify: ({ urls, colour }, isChanged) => {
    answerAll(urls);
    check(colour === (isChanged ? "green" : "blue"), `the program's own object, got ${String(colour)}`);
  },
};
