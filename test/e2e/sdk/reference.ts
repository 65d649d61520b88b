import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { slipwaySchema } from "../../../provider/slipway/schema";
import { root } from "../../../system/checkout";
import { check, command, must, type Step } from "../harness";
import { generateSdks } from "./generator";
import { npmInstall } from "./npm";

/** What typedoc reports if it has no documentation. The constants of an enumeration have the documentation of its type. */
const documented = ["Class", "Constructor", "Function", "Interface", "Property", "Accessor", "Method", "EnumMember"];

const packages = ["typedoc@0.28.20", "typescript@5.9", "@types/node@20", "@pulumi/pulumi@^3.269.0"];

/** Files of an SDK without documentation of their own: they load the others, or are Pulumi's. */
const withoutPages = ["index.ts", "provider.ts", "utilities.ts"];

/** Runs typedoc over an SDK's classes and types. A property without documentation fails the run. */
const writePages = (folder: string, sdk: string, target: string): void => {
  const files = readdirSync(sdk).filter((file) => file.endsWith(".ts") && !withoutPages.includes(file));
  const entries = [...files, "types/index.ts"].flatMap((file) => ["--entryPoints", join(sdk, file)]);
  const needed = documented.flatMap((kind) => ["--requiredToBeDocumented", kind]);
  const { name } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as { name: string };
  const options = [
    "--excludeExternals",
    "--excludePrivate",
    "--excludeProtected",
    "--disableSources",
    "--readme",
    "none",
  ];
  const { code, stdout, stderr } = command(
    "npx",
    [
      "--no-install",
      "typedoc",
      ...["--tsconfig", join(sdk, "tsconfig.json"), "--name", name, "--out", target],
      ...["--validation.notDocumented", "--treatValidationWarningsAsErrors"],
      ...options,
      ...needed,
      ...entries,
    ],
    { cwd: folder },
  );
  check(code === 0, `documentation of every class and property of ${name}, got\n${stdout}${stderr}`);
};

/** Writes the API reference of both SDKs to dist/reference, from the docstrings that the schema gives them. */
export const referenceSteps = (folder: string, sdks: string): Step[] => {
  const target = join(root, "dist", "reference");
  const slipway = join(folder, "slipway");
  return [
    {
      name: "reference: typedoc finds documentation of every argument and output of both SDKs",
      run: async () => {
        await generateSdks(JSON.stringify(slipwaySchema()), slipway);
        mkdirSync(join(folder, "kind"));
        writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
        npmInstall(folder, ...packages);
        // The compiler looks for packages above the sources.
        must("cp", ["-r", join(sdks, "nodejs"), join(folder, "kind", "nodejs")]);
        rmSync(target, { recursive: true, force: true });
        for (const name of ["kind", "slipway"]) writePages(folder, join(folder, name, "nodejs"), join(target, name));
      },
    },
    {
      name: "reference: the pages of Lab and KindCluster name each argument with its default",
      run: () => {
        const page = (name: string, file: string): string => {
          const path = join(target, name, "interfaces", file);
          check(existsSync(path), `the page ${path}`);
          return readFileSync(path, "utf8").replace(/<[^>]+>/g, "");
        };
        check(
          page("slipway", "lab.LabArgs.html").includes("Name of the workload cluster. Default: capd."),
          "clusterName",
        );
        check(page("kind", "kindCluster.KindClusterArgs.html").includes("Default: one control plane node."), "nodes");
      },
    },
  ];
};
