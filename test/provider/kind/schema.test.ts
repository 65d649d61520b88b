import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { kindPlugin, kindReference, kindSchema } from "../../../provider/kind/package";
import { string, stringMap, type Declared } from "../../../provider/plugin/property";
import { schemaOf } from "../../../provider/plugin/schema";
import { makeServer } from "../../../provider/plugin/server";
import type { Properties } from "../../../provider/plugin/values";
import { struct as jsonStruct } from "../../../provider/plugin/rpc";
import { connectPlugin } from "../../helpers/pluginClient";
import { wordsOf, wordsOfPage } from "../../helpers/pageWords";

/** A property of Pulumi's schema. */
interface Spec {
  type?: string;
  description?: string;
  default?: unknown;
  willReplaceOnChanges?: boolean;
}

/** A resource or a type of Pulumi's schema. */
interface Described {
  description?: string;
  properties?: Record<string, Spec>;
  required?: string[];
  inputProperties?: Record<string, Spec>;
  requiredInputs?: string[];
  enum?: { value: string; description?: string }[];
}

interface Schema {
  name: string;
  resources: Record<string, Described>;
  types: Record<string, Described>;
}

const schema = kindSchema() as Schema;

/** Returns the properties that a user cannot understand from the schema alone, each with the reason. */
const undocumented = ({ resources, types }: Schema): string[] =>
  Object.entries({ ...resources, ...types }).flatMap(([token, described]) => {
    const isSentence = (text = ""): boolean => /^[A-Zk`].{10,}\.$/s.test(text);
    const problems = (properties: Record<string, Spec> = {}, required: string[] = []): string[] =>
      Object.entries(properties).flatMap(([name, { description = "", type }]) => [
        ...(isSentence(description) ? [] : [`${token}.${name}: no description`]),
        ...(type === "integer" && !description.includes(" Unit: ") ? [`${token}.${name}: no unit`] : []),
        ...(required.includes(name) || description.includes(" Default: ") ? [] : [`${token}.${name}: no default`]),
      ]);
    return [
      ...(isSentence(described.description) ? [] : [`${token}: no description`]),
      ...problems(described.properties, described.required),
      ...problems(described.inputProperties, described.requiredInputs),
      ...(described.enum ?? [])
        .filter(({ description }) => !isSentence(description))
        .map(({ value }) => `${token}.${value}: no description`),
    ];
  });

describe("the schema of the package kind", () => {
  test("documents every resource, type and property with its default and unit", () => {
    expect(undocumented(schema)).toEqual([]);
  });

  test("is the file provider/kind/schema.json, which npm run schema writes", () => {
    const file = readFileSync(join(__dirname, "../../../provider/kind/schema.json"), "utf8");
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(kindSchema())));
  });

  test("is described in docs/reference/kind-provider.md, which npm run schema writes", () => {
    expect(wordsOfPage("kind-provider.md")).toBe(wordsOf(kindReference()));
  });

  test("has the resource types of the plugin, with the inputs that the plugin checks", () => {
    const inputs = Object.entries(schema.resources).map(([token, { inputProperties = {} }]) => [
      token,
      Object.keys(inputProperties),
    ]);
    expect(Object.fromEntries(inputs)).toEqual(
      Object.fromEntries(
        Object.entries(kindPlugin.kinds).map(([token, kind]) => [token, Object.keys(kind.declaration.inputs)]),
      ),
    );
  });

  test("shows which changes replace a cluster", () => {
    const { inputProperties = {} } = schema.resources["kind:index:KindCluster"]!;
    const inPlace = Object.entries(inputProperties).filter(([, spec]) => !spec.willReplaceOnChanges);
    expect(inPlace.map(([name]) => name)).toEqual(["images"]);
    expect(inputProperties["nodes"]!.description).toMatch(/A change replaces the resource\.$/);
  });

  test("has literal defaults, and those of choices in words", () => {
    expect(schema.types["kind:index:Mount"]!.properties!["readOnly"]).toMatchObject({ default: false });
    const role = schema.types["kind:index:Node"]!.properties!["role"]!;
    expect(role.default).toBeUndefined();
    expect(role.description).toMatch(/ Default: `control-plane`\.$/);
  });
});

describe("the search for undocumented properties", () => {
  const find = (inputs: Declared): string[] => {
    const meta = { name: "t", version: "1.0.0", displayName: "t", description: "A test.", keywords: [], license: "x" };
    const declaration = { description: "A thing of a test.", inputs, outputs: {} };
    return undocumented(schemaOf({ ...meta, language: {} }, { "t:index:Thing": declaration }) as unknown as Schema);
  };

  test("finds a property without a description", () => {
    expect(new Set(find({ name: { description: "", type: string } }))).toEqual(
      new Set(["t:index:Thing.name: no description"]),
    );
  });

  test("finds an integer without a unit, and accepts a default in words", () => {
    const means = { means: "no labels" };
    expect(
      new Set(
        find({
          size: { description: "Its size on disk.", type: { is: "integer", minimum: 0, maximum: 9 } },
          labels: { description: "Its labels.", type: stringMap, default: means },
        }),
      ),
    ).toEqual(new Set(["t:index:Thing.size: no unit"]));
  });
});

describe("the plugin", () => {
  let client: ResourceProviderClient;
  let close: () => void;
  beforeAll(async () => {
    ({ client, close } = await connectPlugin(makeServer(kindPlugin)));
  });
  afterAll(() => close());

  test("answers with the schema", async () => {
    const text = await new Promise<string>((resolve, reject) =>
      client.getSchema(new proto.GetSchemaRequest(), (error, response) =>
        error ? reject(error) : resolve(response.getSchema()),
      ),
    );
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(kindSchema())));
  });

  const request = (value: Properties): proto.CheckRequest =>
    new proto.CheckRequest().setUrn("urn:pulumi:s::p::kind:index:KindCluster::one").setNews(jsonStruct(value));

  test("names the path of an invalid value inside a property", async () => {
    const failures = await new Promise<[string, string][]>((resolve, reject) =>
      client.check(request({ name: "one", image: 1, nodes: [{ role: "master" }, {}] }), (error, response) =>
        error
          ? reject(error)
          : resolve(response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()])),
      ),
    );
    expect(failures).toEqual([
      ["image", "expected a string, got 1"],
      ["", 'nodes[0].role: expected one of control-plane, worker, got "master"'],
    ]);
  });

  test("shows the change of a node as a replacement that deletes the old cluster first", async () => {
    const base = { name: "one", image: "node:v1", nodes: [{}] };
    const response = await new Promise<proto.DiffResponse>((resolve, reject) =>
      client.diff(
        new proto.DiffRequest()
          .setUrn("urn:pulumi:s::p::kind:index:KindCluster::one")
          .setOlds(
            jsonStruct({ ...base, nodeId: "a", running: true, apiPort: 1, nodeIds: { "one-control-plane": "a" } }),
          )
          .setNews(jsonStruct({ ...base, nodes: [{}, { role: "worker" }] })),
        (error, answer) => (error ? reject(error) : resolve(answer)),
      ),
    );
    expect(response.getReplacesList()).toEqual(["nodes"]);
    expect(response.getDeletebeforereplace()).toBe(true);
    expect(response.getDetaileddiffMap().get("nodes")?.getKind()).toBe(proto.PropertyDiff.Kind.UPDATE_REPLACE);
  });
});
