import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Provider } from "@pulumi/kubernetes/provider";
import { secret } from "@pulumi/pulumi";
import { KubernetesProvider } from "../components/kubernetes/provider";
import type { Settings } from "../lib/settings/types";
import type { ExistingManagement } from "../preflight/management/existing";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, record, type Registration } from "./helpers/recorder";

let mockExisting: ExistingManagement | undefined;
jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) =>
    Promise.resolve({ ...inputs(settings), ...(mockExisting ? { existing: mockExisting } : {}) }),
}));
const program = jest.requireActual<Program>("..");

/** Every variable that the SDK's own class reads; a later version of the SDK may read more. */
const variables = [
  ...new Set(
    [
      ...readFileSync(require.resolve("@pulumi/kubernetes/provider"), "utf8").matchAll(/getEnv\w*\("([A-Z0-9_]+)"\)/g),
    ].map((match) => match[1]!),
  ),
];

const earlier = { ...process.env };
beforeAll(() => {
  for (const name of variables) process.env[name] = "true";
});
afterAll(() => {
  process.env = earlier;
});
beforeEach(() => {
  mockExisting = undefined;
});

const providersIn = ({ registrations }: Recording): Registration[] =>
  registrations.filter(({ type }) => type === "pulumi:providers:kubernetes");

test("knows the SDK's variables, those that Slipway sets among them", () => {
  expect(variables).toEqual(
    expect.arrayContaining([
      "KUBECONFIG",
      "PULUMI_K8S_DELETE_UNREACHABLE",
      "PULUMI_K8S_ENABLE_PATCH_FORCE",
      "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
    ]),
  );
});

describe.each([
  ["up", false],
  ["preview", true],
])("in %s the inputs of the Kubernetes providers have nothing of the environment", (_, preview) => {
  const expected = ["clusterIdentifier", "kubeconfig"];

  test("a management cluster and a workload cluster of the stack", async () => {
    const providers = providersIn(await recordProgram(program, { preview }));
    expect(providers.map(({ name }) => name).sort()).toEqual(["capd", "clusterapi"]);
    for (const { inputs } of providers) expect(Object.keys(inputs).sort()).toEqual(expected);
  });

  test("an existing management cluster", async () => {
    const kubeconfig = JSON.stringify({ users: [] });
    mockExisting = { kubeconfig, uid: "0d3c", namespaces: { default: "" }, hasClusterApi: true, running: {} };
    const config = { "slipway:managementKubeconfig": "their.yaml" };
    const providers = providersIn(await recordProgram(program, { preview, stack: "empty", config }));
    expect(providers.map(({ name }) => name).sort()).toEqual(["capd", "existing_management"]);
    for (const { inputs } of providers) expect(Object.keys(inputs).sort()).toEqual(expected);
  });
});

test("registers what the SDK's class registers where no variable is set", async () => {
  for (const name of variables) delete process.env[name];
  const make = (Class: typeof Provider | typeof KubernetesProvider): Promise<Recording> =>
    record(
      () => {
        new Class("name", { kubeconfig: secret("text"), clusterIdentifier: "id" });
        return Promise.resolve({});
      },
      { preview: false, stack: "dev", answer: () => ({}), config: {} },
    );
  const [ours, theirs] = [await make(KubernetesProvider), await make(Provider)];
  expect(providersIn(ours)).toEqual(providersIn(theirs));
  expect(providersIn(ours)[0]!.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(JSON.stringify(providersIn(ours)[0]!.inputs)).toContain("1b47061264138c4ac30d75fd1eb44270");
});
