import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ExportedState } from "../../../cli/pulumi/state";
import { dockerInventory, type DockerInventory, must, newInDocker } from "../harness";
import type { TestStack } from "../testStack";
import { commandsIn } from "./processes";

/** What Docker has, images by tag or, where they have none, by id. */
export type Before = DockerInventory & { images: string[] };

const images = (): string[] =>
  must("docker", ["image", "ls", "--all", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"])
    .split("\n")
    .filter(Boolean)
    .map((line) => line.replace(/^<none>:<none> /, "").split(" ")[0]!);

/** Looks at Docker before a journey. */
export const lookBefore = (): Before => ({ ...dockerInventory(), images: images() });

/** Node images that Slipway made, by tag. */
const isNodeImage = (image: string): boolean => image.startsWith("slipway/node:");

/** Removes the node images that Slipway made for a Kubernetes version, so that the next `up` makes them. */
export const removeNodeImages = (): void => {
  for (const image of images().filter(isNodeImage)) must("docker", ["image", "rm", image]);
};

const filesIn = (folder: string, isOurs: (name: string) => boolean = () => true): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).filter(isOurs) : [];

const leftInState = (stack: TestStack): string[] => {
  try {
    const { deployment } = JSON.parse(stack.pulumi("stack", "export")) as ExportedState;
    return [
      ...(deployment.resources ?? []).map(({ urn }) => `resource ${urn}`),
      ...(deployment.pending_operations ?? []).map(({ resource }) => `pending operation ${resource.urn}`),
    ];
  } catch (error) {
    return [`a state that cannot be read: ${(error as Error).message}`];
  }
};

/**
 * What a whole `destroy` left of a stack: in Docker, in the temporary folder, beside the state, in the state, and running.
 * The node image is not a remainder: it is kept, as a pulled image would be.
 */
export const leftOf = (stack: TestStack, before: Before): string[] => {
  const after = lookBefore();
  const stateFolder = join(stack.checkout, ".slipway");
  return [
    ...newInDocker(before, after),
    ...after.images.filter((image) => !before.images.includes(image) && !isNodeImage(image)).map((id) => `image ${id}`),
    ...stack.leftInTemporary().map((name) => `temporary ${name}`),
    ...filesIn(join(stateFolder, "kubeconfigs", stack.name)).map((name) => `kubeconfig ${name}`),
    ...filesIn(join(stateFolder, "runs"), (name) => name.startsWith(`${stack.name}@`)).map(
      (name) => `record of a run ${name}`,
    ),
    ...filesIn(join(stateFolder, "holdings"), (name) => name === `${stack.name}.json`).map(
      (name) => `holdings ${name}`,
    ),
    ...filesIn(join(stack.backend, ".pulumi", "locks"), (name) => name.endsWith(".json")).map((name) => `lock ${name}`),
    ...filesIn(join(stack.backend, ".pulumi", "stacks"), (name) => name.endsWith(".tmp")).map((name) => `file ${name}`),
    ...leftInState(stack),
    ...commandsIn(stack.temporary).map((command) => `process ${command}`),
  ];
};
