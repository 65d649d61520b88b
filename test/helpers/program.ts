import { existsSync, readFileSync } from "node:fs";
import { jest } from "@jest/globals";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import { load } from "js-yaml";
import type { SettingsSource } from "../../lib/settings/settings";
import { type MachineNetworks, placeStack, unknownMachine } from "../../lib/settings/stackNetwork";
import type { Route } from "../../lib/versions/pins";
import { type Recording, record } from "./recorder";

// The tests must not depend on the tools that this checkout has.
let mockRoute: Route = "release";
let mockMachine: MachineNetworks = unknownMachine;
jest.mock("../../preflight/installedRoute", () => ({ installedRoute: () => mockRoute }));
// Docker and Pulumi are not asked: the machine has no other networks.
jest.mock("../../preflight/stackNetwork", () => ({
  placeOnMachine: (source: SettingsSource, owner: string) =>
    Promise.resolve().then(() => placeStack(source, owner, mockMachine)),
  readStateNetwork: () => Promise.resolve(undefined),
}));

const kubeconfig = (name: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: "https://172.18.0.3:6443" } }],
    users: [{ name, user: { "client-key-data": "a-private-key" } }],
  });

/** What the engine's plugins would answer. */
/** Addresses that a load balancer gives; tests of other families give their own. */
export type Ingress = readonly { ip: string }[];

const answer =
  (ingress: Ingress) =>
  (args: MockResourceArgs): Record<string, unknown> => {
    if (args.type === "kubernetes:core/v1:Secret" && args.name.endsWith("-kubeconfig")) {
      return { data: { value: Buffer.from(kubeconfig("capd")).toString("base64") } };
    }
    if (args.type === "kubernetes:core/v1:Service") {
      return { status: { loadBalancer: { ingress } } };
    }
    const isStep = ["command:local:Command", "slipway:index:Step"].includes(args.type);
    if (isStep && args.name.endsWith("-port")) return { stdout: "49153", stderr: "" };
    if (isStep) {
      return { stdout: args.name.endsWith("-kubeconfig") ? kubeconfig("kind") : `${args.name}-stdout`, stderr: "" };
    }
    if (args.type === "kind:index:KindCluster") return { nodeId: `${args.name}-node`, running: true, apiPort: 6443 };
    return {};
  };

/** Pulumi.yaml's defaults and a stack file's values, as the CLI hands them to a program. */
export const stackConfig = (stack: string): Record<string, string> => {
  const project = load(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, { default?: unknown }> };
  // A stack without a file has the defaults.
  const stackText = existsSync(`Pulumi.${stack}.yaml`) ? readFileSync(`Pulumi.${stack}.yaml`, "utf8") : "config: {}";
  const file = load(stackText) as { config: Record<string, unknown> };
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const defaults = Object.entries(project.config)
    .filter(([, entry]) => entry.default !== undefined)
    .map(([key, entry]) => [`slipway:${key}`, text(entry.default)] as const);
  const values = Object.entries(file.config).map(([key, value]) => [key, text(value)] as const);
  return Object.fromEntries([...defaults, ...values]);
};

/** What index.ts exports. */
export type Program = () => Promise<Record<string, unknown>>;

/**
 * Runs index.ts as the stack, on mocks. The caller has mocked preflight/prepare before it loaded the program.
 *
 * @param options.stack default: offline
 * @param options.machine networks of the machine; default: a machine without other networks
 * @param options.route the route whose tools the checkout has; default: source for offline, release for other stacks
 */
export const recordProgram = async (
  program: Program,
  options: {
    preview: boolean;
    stack?: string;
    route?: Route;
    config?: Record<string, string>;
    ingress?: Ingress;
    machine?: MachineNetworks;
  },
): Promise<Recording> => {
  mockMachine = options.machine ?? unknownMachine;
  const stack = options.stack ?? "offline";
  mockRoute = options.route ?? (stack === "offline" ? "source" : "release");
  return record(program, {
    preview: options.preview,
    stack,
    answer: answer(options.ingress ?? [{ ip: "172.18.255.248" }]),
    config: { ...stackConfig(stack), ...options.config },
  });
};
