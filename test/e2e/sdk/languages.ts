import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, command, must, type Step } from "../harness";
import { exampleOf } from "./examples";
import { goSdk } from "./generator";
import { buildNodeSdk, npmInstall } from "./npm";

/** Returns a step that expects a compiler to refuse an example with a wrong property. */
const refuses = (
  name: string,
  compile: () => { code: number; stdout: string; stderr: string },
  named: RegExp,
): Step => ({
  name,
  run: () => {
    const { code, stdout, stderr } = compile();
    check(code !== 0 && named.test(stdout + stderr), `a refusal that names ${named.source}, got\n${stdout}${stderr}`);
  },
});

/** Builds the SDK for Node, packs it for npm into a folder, and returns the path of the archive. */
export const packNodeSdk = (sdks: string, folder: string): string => {
  const sdk = join(folder, "sdk");
  cpSync(join(sdks, "nodejs"), sdk, { recursive: true });
  const archive = must("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: buildNodeSdk(sdk) }).trim();
  return join(folder, archive);
};

/** Builds the npm package, and checks the example against the installed package. */
export const typescriptSteps = (folder: string, sdks: string): Step[] => {
  let archive = "";
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", "node"];
  const compile = (file: string) => command("npx", ["--no-install", "tsc", ...options, file], { cwd: folder });
  return [
    {
      name: "TypeScript: the SDK compiles, and is packed for npm",
      run: () => {
        archive = packNodeSdk(sdks, folder);
      },
    },
    {
      name: "TypeScript: the example is type-checked with the installed package",
      run: () => {
        writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true }\n');
        npmInstall(folder, archive, "typescript@5", "@types/node@20");
        writeFileSync(join(folder, "index.ts"), exampleOf("TypeScript"));
        const { code, stdout } = compile("index.ts");
        check(code === 0, `an example without faults, got\n${stdout}`);
      },
    },
    refuses(
      "TypeScript: the compiler refuses a role that does not exist",
      () => {
        writeFileSync(join(folder, "wrong.ts"), exampleOf("TypeScript").replace('role: "worker"', 'role: "master"'));
        return compile("wrong.ts");
      },
      /role|"master"/,
    ),
  ];
};

/** Compiles the Go package and the example. */
export const goSteps = (folder: string, sdks: string): Step[] => {
  const sdk = join(folder, "kind");
  const env = { GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOWORK: "off" };
  const go = (cwd: string, ...args: string[]) => command("go", args, { cwd, env });
  const compile = (cwd: string): void => {
    for (const verb of ["build", "vet"]) {
      const { code, stderr } = go(cwd, verb, "./...");
      check(code === 0, `go ${verb} without faults, got\n${stderr}`);
    }
  };
  const program = join(folder, "program");
  return [
    {
      name: "Go: the SDK compiles, and go vet accepts it",
      run: () => {
        cpSync(join(sdks, "go", "kind"), sdk, { recursive: true });
        const required = `require ${goSdk.module} ${goSdk.version}`;
        writeFileSync(join(sdk, "go.mod"), `module slipway.dev/sdk/go/kind\n\ngo 1.24\n\n${required}\n`);
        compile(sdk);
      },
    },
    {
      name: "Go: the example compiles with the SDK",
      run: () => {
        cpSync(join(sdk, "go.sum"), join(program, "go.sum"), { recursive: true });
        const replaced = "replace slipway.dev/sdk/go/kind => ../kind";
        const required = `require slipway.dev/sdk/go/kind v0.0.0\n\nrequire ${goSdk.module} ${goSdk.version}`;
        writeFileSync(join(program, "go.mod"), `module consumer\n\ngo 1.24\n\n${required}\n\n${replaced}\n`);
        writeFileSync(join(program, "main.go"), exampleOf("Go"));
        compile(program);
      },
    },
    refuses(
      "Go: the compiler refuses a name of the wrong type",
      () => {
        writeFileSync(join(program, "main.go"), exampleOf("Go").replace('pulumi.String("lab")', "pulumi.Int(1)"));
        return go(program, "build", "./...");
      },
      /pulumi\.Int\(1\)|Name/,
    ),
  ];
};

/** Installs the Python package in a virtual environment, and checks the example with it. */
export const pythonSteps = (folder: string, sdks: string): Step[] => {
  const bin = join(folder, "venv", "bin");
  const typeCheck = (file: string) => command(join(bin, "mypy"), ["--strict", file], { cwd: folder });
  return [
    {
      name: "Python: the SDK is installed in a virtual environment",
      run: () => {
        must("python3", ["-m", "venv", join(folder, "venv")]);
        must(join(bin, "pip"), ["install", "--quiet", join(sdks, "python"), "mypy"], { cwd: folder });
      },
    },
    {
      name: "Python: the SDK and the example are type-checked",
      run: () => {
        writeFileSync(join(folder, "example.py"), exampleOf("Python"));
        const { code, stdout } = typeCheck("example.py");
        check(code === 0, `an example without faults, got\n${stdout}`);
        // The generator writes the same _utilities.py into every package; its faults are the generator's.
        const all = command(join(bin, "mypy"), ["--package", "slipway_kind"], { cwd: folder }).stdout.split("\n");
        const faults = all.filter((line) => line.includes(" error: ") && !line.includes("/_utilities.py:"));
        check(all.length > 1 && faults.length === 0, `an SDK without faults, got\n${faults.join("\n")}`);
      },
    },
    refuses(
      "Python: the type checker refuses a port that is a string",
      () => {
        writeFileSync(join(folder, "wrong.py"), exampleOf("Python").replace("host_port=8080", 'host_port="http"'));
        return typeCheck("wrong.py");
      },
      /host_port/,
    ),
  ];
};
