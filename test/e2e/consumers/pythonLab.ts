import { join } from "node:path";
import { must } from "../harness";
import { exampleOf } from "../sdk/examples";
import { pythonHost } from "../sdk/generator";
import type { Consumer } from "./consumer";
import { verifyNodes } from "./goLab";
import { pluginBlock, writeSdks } from "./package";

const binOf = (folder: string): string => join(folder, "venv", "bin");

/** The Python program of docs/guides/use-as-a-package.md. The changed program has one more worker node. */
export const pythonLab: Consumer = {
  name: "Python, Lab",
  // The language host of this version takes the Python on PATH, as in an activated virtual environment.
  path: async (folder) => [binOf(folder), await pythonHost()],
  files: (installed, isChanged) => ({
    "Pulumi.yaml": `name: consumer\nruntime: python\n${pluginBlock(installed)}`,
    "__main__.py": exampleOf("A Lab in Python", "use-as-a-package.md").replace(
      "worker_replicas=1",
      `worker_replicas=${isChanged ? 2 : 1}`,
    ),
  }),
  install: async (folder, installed) => {
    await writeSdks(installed, join(folder, "generated"));
    must("python3", ["-m", "venv", join(folder, "venv")]);
    must(join(binOf(folder), "pip"), ["install", "--quiet", "./generated/python", "mypy"], { cwd: folder });
    must(join(binOf(folder), "mypy"), ["--strict", "__main__.py"], { cwd: folder });
  },
  wrong: {
    texts: { '"guest"': '"Guest_"', "worker_replicas=1": "worker_replicas=-1" },
    paths: ["clusters[0].name", "clusters[0].workerReplicas"],
  },
  verify: (outputs, isChanged) => verifyNodes(outputs, isChanged ? 3 : 2),
};
