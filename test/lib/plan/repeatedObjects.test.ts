import { expect, test } from "@jest/globals";
import { repeatedObjects } from "../../../lib/plan/repeatedObjects";

const cluster = { name: "east", manifests: ["a.yaml", "b.yaml", "c.yaml"] };
const type = "kubernetes:core/v1:Namespace";
const resource = (name: string, more: object = {}) => ({
  urn: `urn:pulumi:s::slipway::slipway:index:ExtraManifests$slipway:index:ManifestObjects$${type}::${name}`,
  type,
  id: "shop",
  provider: "urn:pulumi:s::slipway::pulumi:providers:kubernetes::east::1",
  ...more,
});
const [first, second, third] = ["a.yaml", "b.yaml", "c.yaml"].map((file) =>
  resource(`east-manifests/${file}/Namespace/shop`),
);

test("finds the second resource of an object, in the order of the settings and not of the state", () => {
  expect(repeatedObjects([third!, first!, second!], [cluster])).toEqual([second!.urn, third!.urn]);
  expect(repeatedObjects([second!, first!], [{ ...cluster, manifests: ["b.yaml", "a.yaml"] }])).toEqual([first!.urn]);
});

test.each([
  ["an object alone", [second!]],
  [
    "objects of two clusters",
    [first!, { ...second!, provider: "urn:pulumi:s::slipway::pulumi:providers:kubernetes::west::1" }],
  ],
  ["two objects", [first!, { ...second!, id: "other" }]],
  ["two kinds", [first!, { ...second!, type: "kubernetes:core/v1:Node" }]],
  [
    "a manifest that left the settings, whose objects go",
    [first!, resource("east-manifests/gone.yaml/Namespace/shop")],
  ],
  ["Slipway's own objects", [first!, { ...second!, urn: second!.urn.replace("ExtraManifests", "Cni") }]],
  ["the old object of a replacement", [first!, { ...first!, delete: true }]],
])("leaves %s", (_title, resources) => expect(repeatedObjects(resources, [cluster])).toEqual([]));
