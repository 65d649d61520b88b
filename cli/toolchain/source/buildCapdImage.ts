// Step of `capdImageSource: build`. It compiles the manager of Cluster API's Docker provider from the Go module of
// CLUSTER_API_VERSION, builds the image IMAGE, and prints the image's id. After the first build, Go's caches are used.
// With CAPD_SOURCE, it compiles the clone in that folder. IMAGE then has a checksum of the clone's files as tag.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloneModule, readCapdClone } from "../../../preflight/images/capdClone";
import { cloneBuildArguments, cloneEnvironment, goFailure } from "../../../preflight/images/cloneBuild";
import { imageIds } from "../../../system/docker";
import { complaintOf, exec, type Log, run } from "../../../system/exec";
import { buildGoGroup } from "./goGroup";
import { clusterApiGroup } from "./goGroups";

const fromEnvironment = (name: string): string => {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name}: expected a value in the environment of steps/capd-build, got nothing. Run make up with capdImageSource build.`,
    );
  return value;
};

const buildModule = async (version: string, folder: string, log: Log): Promise<void> => {
  const group = clusterApiGroup(version);
  const mains = group.mains.filter((main) => main.output === "capd-manager");
  await buildGoGroup({ ...group, mains }, folder, log);
};

/**
 * Builds the manager of a clone into `folder`/bin.
 *
 * @throws with the compiler's lines, or if the files are no longer those of the image's tag
 */
const buildClone = async (path: string, version: string, image: string, folder: string): Promise<void> => {
  mkdirSync(join(folder, "bin"));
  const target = join(folder, "bin", "capd-manager");
  const build = cloneBuildArguments(version, target);
  const result = await exec("go", build, { cwd: cloneModule(path), env: cloneEnvironment });
  if (result.code !== 0) throw new Error(goFailure("a clone that compiles", complaintOf(result)));
  // The compiler may have read other files than the plan.
  const { image: now } = await readCapdClone(path, version);
  if (now !== image)
    throw new Error(
      `capdSource: expected the files of ${image} during the build, got those of ${now}. Run make up again.`,
    );
};

const main = async (): Promise<void> => {
  const image = fromEnvironment("IMAGE");
  const version = fromEnvironment("CLUSTER_API_VERSION");
  const clone = process.env.CAPD_SOURCE;
  const existing = clone ? (await imageIds([image]))[image] : undefined;
  // The tag identifies the files, so an existing image is the result of the same build.
  if (existing !== undefined) return void process.stdout.write(`${existing}\n`);
  const folder = mkdtempSync(join(tmpdir(), "slipway-capd-"));
  const log = (text: string): void => void process.stderr.write(text);
  try {
    await (clone ? buildClone(clone, version, image, folder) : buildModule(version, folder, log));
    writeFileSync(
      join(folder, "Dockerfile"),
      'FROM scratch\nCOPY bin/capd-manager /manager\nENTRYPOINT ["/manager"]\n',
    );
    log(await run("docker", ["build", "--tag", image, folder], { log }));
    process.stdout.write(await run("docker", ["image", "inspect", "--format", "{{.Id}}", image]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
