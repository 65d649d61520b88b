import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, must } from "../harness";
import { exampleOf } from "../sdk/examples";
import { goHost, goSdk } from "../sdk/generator";
import type { Consumer } from "./consumer";
import { pluginBlock, writeSdks } from "./package";
import { answerAll } from "./yamlLab";

const sdkModule = "slipway.dev/sdk/go/slipway";
const pulumiModule = `require ${goSdk.module} ${goSdk.version}`;

/** Returns the text of a go.mod file. */
const goMod = (module: string, ...lines: string[]): string =>
  [`module ${module}`, "go 1.24", ...lines, ""].join("\n\n");

/** Checks the applications, and the number of nodes of the only cluster. */
export const verifyNodes = ({ urls, nodes }: Readonly<Record<string, unknown>>, expected: number): void => {
  answerAll(urls);
  check(Array.isArray(nodes) && nodes.length === expected, `${expected} nodes, got ${JSON.stringify(nodes)}`);
};

/** The Go program of docs/guides/use-as-a-package.md. The changed program has one more worker node. */
export const goLab: Consumer = {
  name: "Go, Lab",
  path: async () => [await goHost()],
  files: (installed, isChanged) => ({
    "Pulumi.yaml": `name: consumer\nruntime: go\n${pluginBlock(installed)}`,
    "main.go": exampleOf("A Lab in Go", "use-as-a-package.md").replace("Int(1)", `Int(${isChanged ? 2 : 1})`),
  }),
  install: async (folder, installed) => {
    const env = { GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "" };
    await writeSdks(installed, join(folder, "generated"));
    cpSync(join(folder, "generated", "go", "slipway"), join(folder, "sdk"), { recursive: true });
    writeFileSync(join(folder, "sdk", "go.mod"), goMod(sdkModule, pulumiModule));
    const requires = [pulumiModule, `require ${sdkModule} v0.0.0`, `replace ${sdkModule} => ./sdk`];
    writeFileSync(join(folder, "go.mod"), goMod("consumer", ...requires));
    must("go", ["mod", "tidy"], { cwd: folder, env });
    must("go", ["vet", "."], { cwd: folder, env });
  },
  wrong: {
    texts: { '"guest"': '"Guest_"', "Int(1)": "Int(-1)" },
    paths: ["clusters[0].name", "clusters[0].workerReplicas"],
  },
  verify: (outputs, isChanged) => verifyNodes(outputs, isChanged ? 3 : 2),
};
