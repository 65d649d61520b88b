import { cpSync } from "node:fs";
import { join } from "node:path";
import { dependencies } from "../../../package.json";
import { check, must } from "../harness";
import { generateSdks } from "../sdk/generator";
import type { Consumer } from "./consumer";
import { npmInstall, pluginBlock } from "./package";
import { answerAll } from "./yamlLab";

/** The program: a Lab, and an object of the program's own in the cluster. */
const program = (isChanged: boolean): string => `import * as kubernetes from "@pulumi/kubernetes";
import * as slipway from "@slipway/capi";

const lab = new slipway.Lab("lab", {
  clusters: [{ name: "guest", workers: [{ name: "md-0", replicas: 1, labels: { "example.org/team": "a" } }] }],
});

// The program's own application waits for the Lab, whose kubeconfig it reads.
const kubeconfig = lab.kubeconfigs.apply((kubeconfigs) => kubeconfigs["guest"]);
const provider = new kubernetes.Provider("guest", { kubeconfig });
const settings = new kubernetes.core.v1.ConfigMap(
  "settings",
  { metadata: { name: "settings" }, data: { colour: "${isChanged ? "green" : "blue"}" } },
  { provider },
);

export const urls = lab.urls;
export const colour = settings.data["colour"];
`;

/** A TypeScript program with the generated SDK, a Lab and an object after it. The changed program changes the object. */
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
    "index.ts": program(isChanged),
  }),
  install: async (folder, installed) => {
    // pulumi takes the part of a path behind an @ for a version, so the path must not contain @slipway.
    const schema = must("pulumi", ["package", "get-schema", "./slipway"], {
      cwd: join(installed.folder, "provider"),
      env: { PATH: `${installed.tools}:${process.env["PATH"]}`, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    await generateSdks(schema, join(folder, "generated"));
    const sdk = join(folder, "sdk");
    cpSync(join(folder, "generated", "nodejs"), sdk, { recursive: true });
    npmInstall(sdk);
    must("npm", ["run", "build"], { cwd: sdk });
    for (const file of ["package.json", "README.md"]) cpSync(join(sdk, file), join(sdk, "bin", file));
    const versions = ["@pulumi/pulumi", "@pulumi/kubernetes"] as const;
    const pinned = versions.map((name) => `${name}@${dependencies[name]}`);
    npmInstall(folder, "--install-links", join(sdk, "bin"), ...pinned, "typescript@5", "@types/node@20");
  },
  compile: (folder) => void must("npx", ["--no-install", "tsc"], { cwd: folder }),
  verify: ({ urls, colour }, isChanged) => {
    answerAll(urls);
    check(colour === (isChanged ? "green" : "blue"), `the program's own object, got ${String(colour)}`);
  },
};
