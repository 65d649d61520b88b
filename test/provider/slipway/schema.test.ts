import { describe, expect, test } from "@jest/globals";
import { settingsSchema } from "../../../lib/settings/schema/stack";
import { slipwayReference, slipwaySchema } from "../../../provider/slipway/schema";
import { wordsOf, wordsOfPage } from "../../helpers/pageWords";

interface Property {
  type?: string;
  $ref?: string;
  description?: string;
  default?: unknown;
  secret?: boolean;
  items?: Property;
  additionalProperties?: Property;
}
interface Described {
  description?: string;
  properties?: Record<string, Property>;
  inputProperties?: Record<string, Property>;
  required?: string[];
  requiredInputs?: string[];
}
const schema = slipwaySchema() as unknown as {
  types: Record<string, Described>;
  resources: Record<string, Described>;
};
const lab = schema.resources["slipway:index:Lab"]!;

/** All properties, by `TYPE.NAME`. */
const properties = Object.entries({ ...schema.types, ...schema.resources }).flatMap(([token, described]) =>
  [described.properties, described.inputProperties].flatMap((all = {}) =>
    Object.entries(all).map(([name, property]) => [`${token}.${name}`, property] as const),
  ),
);

describe("the schema of the package", () => {
  test("describes every property and every type", () => {
    const without = properties.filter(([, { description = "" }]) => !/[.)]$/.test(description.trim()));
    expect(without.map(([name]) => name)).toEqual([]);
    const types = Object.entries({ ...schema.types, ...schema.resources });
    expect(types.filter(([, { description }]) => !description).map(([token]) => token)).toEqual([]);
  });

  test("has every setting as an input of Lab, under the same name", () => {
    expect(Object.keys(lab.inputProperties ?? {})).toEqual(Object.keys(settingsSchema));
  });

  test("gives the default of each setting that has one", () => {
    expect(lab.inputProperties).toMatchObject({
      clusterName: { type: "string", default: "capd" },
      workerReplicas: { type: "integer", default: 1 },
      installProviders: { type: "boolean", default: true },
      loadBalancerPrefix: { type: "integer", default: 29 },
    });
    expect(lab.inputProperties?.["nodeImage"]).not.toHaveProperty("default");
  });

  test("says what happens without each optional input", () => {
    const inputs = Object.entries({ ...schema.types, ...schema.resources }).flatMap(([token, described]) => {
      const { properties = {}, inputProperties = properties, required = [], requiredInputs = required } = described;
      return Object.entries(inputProperties)
        .filter(([name]) => !requiredInputs.includes(name))
        .map(([name, { description = "" }]) => ({ name: `${token}.${name}`, description }));
    });
    const silent = inputs.filter(({ description }) => !/\b(Default|default|Empty|Absent)\b/.test(description));
    expect(silent.map(({ name }) => name)).toEqual([]);
    expect(lab.inputProperties?.["clusterName"]?.description).toBe("Name of the workload cluster. Default: `capd`.");
    expect(lab.inputProperties?.["managementPorts"]?.description).toMatch(/ Default: an empty list\.$/);
  });

  test("is described in docs/reference/package.md, which npm run schema writes", () => {
    expect(wordsOfPage("package.md")).toBe(wordsOf(slipwayReference()));
  });

  test("names the allowed values of a setting", () => {
    expect(lab.inputProperties?.["capdImageSource"]?.description).toContain(
      "One of `pull`, `build`, `archive`, `local`.",
    );
  });

  test("has a type of its own for each map with known fields, and any value in the others", () => {
    expect(lab.inputProperties?.["clusters"]).toMatchObject({
      type: "array",
      items: { $ref: "#/types/slipway:index:Cluster" },
    });
    const cluster = schema.types["slipway:index:Cluster"];
    expect(cluster?.required).toEqual(["name"]);
    expect(cluster?.properties?.["workers"]?.items).toEqual({ $ref: "#/types/slipway:index:WorkerPool" });
    expect(cluster?.properties?.["kubeadm"]?.additionalProperties).toEqual({ $ref: "pulumi.json#/Any" });
  });

  test("refers only to its own types", () => {
    const references = [...JSON.stringify(schema).matchAll(/#\/types\/([\w:]+)/g)].map(([, token]) => token!);
    expect(references.filter((token) => !(token in schema.types))).toEqual([]);
  });

  test("marks what is secret", () => {
    expect(lab.inputProperties?.["templateSecrets"]?.secret).toBe(true);
    expect(lab.properties?.["kubeconfigs"]?.secret).toBe(true);
  });
});
