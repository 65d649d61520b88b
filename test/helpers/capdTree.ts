import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Small files with the layout of Cluster API's repository. Go can build the manager without any download. */
const files: Readonly<Record<string, string>> = {
  "go.mod": "module sigs.k8s.io/cluster-api\n\ngo 1.21\n",
  "go.sum": "",
  "metadata.yaml":
    "releaseSeries:\n" +
    "  - { major: 1, minor: 9, contract: v1beta1 }\n" +
    "  - { major: 1, minor: 14, contract: v1beta2 }\n" +
    "  - { major: 1, minor: 10, contract: v1beta1 }\n",
  "README.md": "Cluster API\n",
  "version/version.go": 'package version\n\nvar gitVersion = "none"\n\nfunc Get() string { return gitVersion }\n',
  "util/unused.go": "package util\n",
  "test/go.mod":
    "module sigs.k8s.io/cluster-api/test\n\ngo 1.21\n\n" +
    "require sigs.k8s.io/cluster-api v0.0.0\n\nreplace sigs.k8s.io/cluster-api => ../\n",
  "test/go.sum": "",
  "test/infrastructure/docker/main.go":
    'package main\n\nimport (\n\t_ "embed"\n\n\t"sigs.k8s.io/cluster-api/version"\n)\n\n' +
    "//go:embed text.txt\nvar text string\n\nfunc main() { println(text, version.Get()) }\n",
  "test/infrastructure/docker/main_test.go": "package main\n",
  "test/infrastructure/docker/main_windows.go": "package main\n",
  "test/infrastructure/docker/text.txt": "embedded\n",
};

/** Writes a file below a folder. */
export const writeBelow = (folder: string, file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

/** Writes the small working copy of Cluster API into a folder. */
export const writeCapdTree = (folder: string): void => {
  for (const [file, text] of Object.entries(files)) writeBelow(folder, file, text);
};

interface ListedModule {
  Path: string;
  Main?: boolean;
  Dir: string;
  GoMod: string;
  Replace?: { Path: string; Version?: string };
}

/** Returns what `go list -deps -json` prints for the small working copy. */
export const listOfTree = (folder: string): string => {
  const module = (path: string, dir: string, more: Partial<ListedModule>): ListedModule => ({
    ...{ Path: path, Dir: dir, GoMod: join(dir, "go.mod") },
    ...more,
  });
  const root = module("sigs.k8s.io/cluster-api", folder, { Replace: { Path: "../" } });
  const test = module("sigs.k8s.io/cluster-api/test", join(folder, "test"), { Main: true });
  const cached = module("example.org/cached", join(folder, "cached"), {
    Replace: { Path: "example.org/fork", Version: "v1.0.0" },
  });
  const packages = [
    { Dir: "/usr/local/go/src/embed", Standard: true, GoFiles: ["embed.go"] },
    { Dir: join(folder, "cached"), Module: cached, GoFiles: ["cached.go"] },
    { Dir: join(folder, "version"), Module: root, GoFiles: ["version.go"] },
    { Dir: join(folder, "test/infrastructure/docker"), Module: test, GoFiles: ["main.go"], EmbedFiles: ["text.txt"] },
  ];
  return packages.map((one) => `${JSON.stringify(one, null, "\t")}\n`).join("");
};
