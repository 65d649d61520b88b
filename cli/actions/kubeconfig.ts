import { readFileSync } from "node:fs";
import { stackName } from "../../preflight/stackFile";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { UsageError } from "../commandLine/usageError";
import {
  fileOfCluster,
  findStackClusters,
  mainCluster,
  readKubeconfigs,
  type StackClusters,
  unknownCluster,
} from "../kubeconfig/clusters";
import { callerFolder } from "../kubeconfig/callerFolder";
import { runKubectl } from "../kubeconfig/kubectl";
import { joinedKubeconfig, mergeIntoUserFile, removeFromUserFiles } from "../kubeconfig/merge";
import { readExistingOutputs } from "../pulumi/existing";
import { openTarget, print, printAside } from "../pulumi/target";
import { pickRoute } from "../toolchain";

const chooseRoute = () => pickRoute({ checkout: root, print: printAside });

/** Returns the stack's name. The route is chosen only if STACK is unset. */
const chooseStack = async (): Promise<string> => process.env.STACK || stackName(await chooseRoute());

const fetchKubeconfigs = async (): Promise<Record<string, string>> => {
  const target = openTarget(await chooseRoute(), () => undefined);
  const { kubeconfigs = {} } = await readExistingOutputs(target, { showSecrets: true });
  return kubeconfigs as Record<string, string>;
};

const clustersOf = (stack: string): Promise<StackClusters> =>
  findStackClusters({ checkout: root, stack }, fetchKubeconfigs);

const remove = async (stack: string, name: string | undefined): Promise<number> => {
  const removed = await removeFromUserFiles({ checkout: root, stack }, print, name);
  if (removed.length > 0) return 0;
  const known = name === undefined ? undefined : await clustersOf(stack).catch(() => undefined);
  if (name !== undefined && known && !Object.hasOwn(known.files, name) && !known.planned.includes(name))
    throw unknownCluster(stack, name, known);
  print(
    `no kubeconfig has an entry that slipway kubeconfig --merge wrote for ${name ?? "a cluster"} of stack ${stack}`,
  );
  return 0;
};

/** Prints, merges or removes the kubeconfigs of one cluster or of all. */
export const kubeconfig: Action = async ({ options, operands: [name] }) => {
  if (options.merge && options.remove)
    throw new UsageError("--merge: expected without --remove, got both. Give only one of them.");
  const stack = await chooseStack();
  if (options.remove) return remove(stack, name);
  const clusters = await clustersOf(stack);
  const file = name === undefined ? undefined : fileOfCluster(stack, name, clusters);
  if (file !== undefined && !options.merge) {
    process.stdout.write(readFileSync(file, "utf8"));
    return 0;
  }
  const files = name === undefined || file === undefined ? clusters.files : { [name]: file };
  const chosen = {
    kubeconfigs: readKubeconfigs(files),
    current: name ?? mainCluster(clusters),
    isComplete: name === undefined,
  };
  const ownStack = { checkout: root, stack };
  if (options.merge) await mergeIntoUserFile(ownStack, chosen, print);
  else process.stdout.write(joinedKubeconfig(ownStack, chosen));
  return 0;
};

/** Runs kubectl on a cluster. Pulumi runs only if the stack has no kubeconfig file. */
export const kubectl: Action = async ({ operands: [name = ""], passed }) => {
  callerFolder(); // a deleted folder must fail before Pulumi runs
  const stack = await chooseStack();
  return runKubectl(root, fileOfCluster(stack, name, await clustersOf(stack)), passed);
};
