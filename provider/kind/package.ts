import { version } from "../../package.json";
import type { ResourceKind } from "../plugin/resourceKind";
import { type PackageSchema, referencePage } from "../plugin/reference";
import { schemaOf } from "../plugin/schema";
import type { Plugin } from "../plugin/server";
import { clusterContainers } from "./containers/resource";
import { imageLoad } from "./imageLoad";
import { kindCluster } from "./kindCluster";
import { nodeImage } from "./nodeImage";

const kinds: Readonly<Record<string, ResourceKind>> = {
  "kind:index:KindCluster": kindCluster,
  "kind:index:ImageLoad": imageLoad,
  "kind:index:NodeImage": nodeImage,
  "kind:index:ClusterContainers": clusterContainers,
};

const declarations = Object.fromEntries(Object.entries(kinds).map(([token, { declaration }]) => [token, declaration]));

// The SDKs that Pulumi 3.276 generates call existsResource, which 3.269 has.
/** Returns Pulumi's schema of the package `kind`: the interface of its SDKs. */
export const kindSchema = (): PackageSchema =>
  schemaOf(
    {
      name: "kind",
      version,
      displayName: "kind",
      description: "Kubernetes clusters of kind, with images, node images and repairs of Cluster API's containers.",
      keywords: ["pulumi", "kind", "kubernetes", "cluster-api", "category/infrastructure"],
      license: "Apache-2.0",
      language: {
        nodejs: {
          packageName: "@slipway/kind",
          respectSchemaVersion: true,
          dependencies: { "@pulumi/pulumi": "^3.269.0" },
        },
        go: {
          importBasePath: "slipway.dev/sdk/go/kind",
          respectSchemaVersion: true,
          generateResourceContainerTypes: true,
        },
        python: {
          packageName: "slipway_kind",
          respectSchemaVersion: true,
          requires: { pulumi: ">=3.269.0,<4.0.0" },
          pyproject: { enabled: true },
        },
      },
    },
    declarations,
  );

/** Returns the page docs/reference/kind-provider.md. */
export const kindReference = (): string =>
  referencePage(
    "The kind provider",
    "Resources of the plugin `kind`. The guide is [the kind provider in other programs](../guides/kind-provider.md).",
    kindSchema(),
  );

/** The plugin `kind`. */
export const kindPlugin: Plugin = { name: "kind", version, kinds, schema: kindSchema };
