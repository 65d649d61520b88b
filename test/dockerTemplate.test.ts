import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { NodeImageRecipe } from "../lib/kubernetes/images";
import type { Settings } from "../lib/settings/types";
import { pins } from "../lib/versions/pins";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, type Registration, waitsFor } from "./helpers/recorder";
import type { readTemplates as Read } from "../preflight/manifests/templates";

const mockInputs = async (settings: Settings): Promise<ReturnType<typeof inputs>> => {
  const { readTemplates } = jest.requireActual<{ readTemplates: typeof Read }>("../preflight/manifests/templates");
  const all = inputs(settings);
  return { ...all, templates: await readTemplates(settings, all.nodeRecipes) };
};
jest.mock("../preflight/prepare", () => ({ prepare: (settings: Settings) => mockInputs(settings) }));
const program = jest.requireActual<Program>("..");

const version = `v${pins.source.kubernetes}`;
const image = `kindest/node:${version}`;
const special = "registry.example/node:special";
const east = { name: "east", namespace: "team", loadBalancerSlot: 0, template: "test/e2e/template/docker.yaml" };
const run = (clusters: object[]): Promise<Recording> =>
  recordProgram(program, { preview: false, config: { "slipway:clusters": JSON.stringify(clusters) } });

let up: Recording;
beforeAll(async () => {
  up = await run([
    { ...east, templateVariables: { NODE_IMAGE: special } },
    { name: "mem", template: "test/e2e/template/in-memory.yaml" },
    { name: "plain", application: false },
  ]);
});
const matching = (pattern: RegExp): Registration[] => up.registrations.filter(({ name }) => pattern.test(name));
const imageOf = (pattern: RegExp): unknown => {
  const [template] = matching(pattern);
  return (template?.inputs.spec as { template: { spec: { backend: { docker: { customImage?: string } } } } }).template
    .spec.backend.docker.customImage;
};
const recipes = (): NodeImageRecipe[] =>
  up.registrations.filter(({ type }) => type === "kind:index:NodeImage").map((one) => one.inputs as never);

describe("a Docker cluster from a template", () => {
  test("has machines with the images that Slipway builds from nodeImage and from the template's image", () => {
    const built = Object.fromEntries(recipes().map((recipe) => [recipe.base, recipe.image]));
    expect(Object.keys(built).sort()).toEqual([image, special].sort());
    expect(imageOf(/^east\/DevMachineTemplate\/team\/east-cp-[0-9a-f]{8}$/)).toBe(built[image]);
    expect(imageOf(/^east\/DevMachineTemplate\/team\/east-md-0-[0-9a-f]{8}$/)).toBe(built[special]);
  });

  test("creates its machines after these images", () => {
    const images = up.registrations.filter(({ type }) => type === "kind:index:NodeImage");
    expect(images).toHaveLength(2);
    for (const template of matching(/^east\/DevMachineTemplate/))
      for (const one of images) expect(waitsFor(up, template, one)).toBe(true);
  });

  test("has a load balancer block, the application, and a resource that repairs its containers", () => {
    const addresses = ({ inputs: { spec } }: Registration): unknown => (spec as { addresses: unknown }).addresses;
    const pools = matching(/-metallb\/IPAddressPool/).map(addresses);
    expect(new Set(pools.map((pool) => JSON.stringify(pool))).size).toBe(2);
    expect(up.find("east-containers").inputs).toMatchObject({ cluster: "east", namespace: "team" });
    expect(up.find("east-application/Service/default/nginx").deletedWith).toBe(up.find("east/Cluster/team/east").urn);
  });

  test("has an identity with the backend docker, with the objects that a built-in cluster names differently", () => {
    const { triggers, delete: step } = up.find("east-identity").inputs as { triggers: string[]; delete?: string };
    expect(triggers).toContain("backend docker");
    expect(triggers.slice(-1)).toEqual(["controlPlane KubeadmControlPlane/east-cp"]);
    expect(step).toBe("steps/containers-delete");
    expect((up.find("plain-identity").inputs as { triggers: string[] }).triggers).toHaveLength(5);
  });

  test("keeps the names of its other objects", () => {
    for (const name of ["Cluster/team/east", "DevCluster/team/east", "KubeadmControlPlane/team/east-cp"])
      expect(up.find(`east/${name}`)).toBeDefined();
  });

  test("adds no sample for webhooks of Cluster API's own providers", () => {
    const samples = JSON.stringify(up.registrations.filter(({ name }) => name.includes("webhooks")));
    expect(samples).toContain("DevCluster");
    expect(samples).not.toContain("inMemory");
  });
});

describe("an in-memory cluster from a template", () => {
  test("has objects with the annotation that the provider needs, and no access", () => {
    const { metadata } = up.find("mem/DevCluster/default/mem").inputs as { metadata: { annotations: object } };
    expect(metadata.annotations).toMatchObject({ "dev.slipway/backend": "in-memory" });
    expect(matching(/^mem-(api|cni|nodes|containers|metallb|kubeconfig)/)).toEqual([]);
    expect(up.find("mem-identity").inputs).not.toHaveProperty("delete");
  });
});

test("another image in the template renames only the templates of its machines", async () => {
  const names = matching(/^east\/KubeadmConfigTemplate/).map(({ name }) => name);
  const other = await run([{ ...east, templateVariables: { NODE_IMAGE: image } }]);
  expect(other.registrations.filter(({ name }) => /^east\/KubeadmConfigTemplate/.test(name))[0]?.name).toBe(names[0]);
  const machines = other.registrations.filter(({ name }) => /^east\/DevMachineTemplate\/team\/east-md-0/.test(name));
  expect(machines.map(({ name }) => name)).not.toEqual(
    matching(/^east\/DevMachineTemplate\/team\/east-md-0/).map(({ name }) => name),
  );
});
