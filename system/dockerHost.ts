import { exec, type ExecResult, requireStart } from "./exec";

/** Runs docker and returns how it ended; tests give their own, since they must not reach a real one. */
export type Docker = (args: string[]) => Promise<ExecResult>;

/** The docker command. */
export const docker: Docker = async (args) =>
  requireStart("docker", await exec("docker", args), "; install Docker, or run make doctor");

const answered = (stderr: string): boolean =>
  !/cannot connect|permission denied|is the docker daemon running/i.test(stderr);

const inspect = async (args: string[], ask = docker): Promise<string | undefined> => {
  const { code, stdout, stderr } = await ask(args);
  if (code === 0) return stdout.trim();
  // "No such object" is a finding; a daemon that does not answer is not.
  if (!answered(stderr)) throw new Error(`Docker does not answer: ${stderr.trim()}; start it, or run make doctor`);
  return undefined;
};

/** The content id (sha256:…) of each image that Docker has; images it lacks are left out. */
export const imageIds = async (images: string[], ask = docker): Promise<Record<string, string>> => {
  if (images.length === 0) return {};
  const idOf = ["image", "inspect", "--format", "{{.Id}}"];
  // One program for all of them. It prints a line for each image, but for those that are not there.
  const ids = (await inspect([...idOf, ...images], ask))?.split("\n");
  if (ids?.length === images.length) return Object.fromEntries(images.map((image, index) => [image, ids[index] ?? ""]));
  const entries = await Promise.all(
    images.map(async (image) => [image, await inspect([...idOf, image], ask)] as const),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** A Docker network as the program has to know it. */
export interface ExistingNetwork {
  /** Value of the owner label; empty where there is none. */
  readonly owner: string;
  /** Its subnets, IPv4 and IPv6. */
  readonly subnets: readonly string[];
}

/** The node of a kind cluster. */
export interface ManagementNode {
  running: boolean;
  /** The image it was made from. */
  image: string;
}

/** The one node of the management cluster, or undefined where Docker has no such container. */
export const managementNode = async (cluster: string, ask = docker): Promise<ManagementNode | undefined> => {
  const format = "{{.State.Running}} {{.Config.Image}}";
  const text = await inspect(["container", "inspect", "--format", format, `${cluster}-control-plane`], ask);
  const [state, image] = text?.split(" ") ?? [];
  return state === undefined || image === undefined ? undefined : { running: state === "true", image };
};
