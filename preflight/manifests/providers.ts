import { refuse } from "../../lib/base/problem";
import { allOf } from "../../lib/base/settleAll";
import type { Manifest } from "../../lib/kubernetes/manifest";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { type AddedType, inventoryObject, inventoryType, providerLabel } from "../../lib/providers/clusterctl";
import type { Settings } from "../../lib/settings/types";
import { readManifest } from "./read";

/** A provider's manifest, and its entry in clusterctl's inventory. */
export interface InstalledProvider {
  manifest: Manifest;
  entry: KubernetesObject;
}

/** Returns the usual name of the file that a provider publishes: control-plane-components.yaml. */
const componentsFile = (type: AddedType): string =>
  `${type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-components.yaml`;

/** Reads the manifests of the providers in the settings and marks the values of `templateSecrets` in them. */
export const readInfrastructureProviders = ({
  infrastructureProviders,
  featureGates,
  templateSecrets,
}: Settings): Promise<InstalledProvider[]> =>
  allOf(
    infrastructureProviders.map(async ({ name, version, manifest: location, ...provider }, index) => {
      const type = inventoryType(provider.type);
      const label = providerLabel({ name, type });
      const setting = `providers[${index}].manifest`;
      const manifest = await readManifest({
        name: label,
        setting,
        location,
        variables: featureGates,
        secrets: templateSecrets,
        providerLabel: label,
        asWritten: true,
      });
      const [namespace, ...more] = manifest.objects.filter(({ kind }) => kind === "Namespace");
      if (namespace === undefined || more.length > 0) {
        const count = namespace === undefined ? 0 : more.length + 1;
        return refuse({
          key: setting,
          rule: "a manifest with exactly one Namespace, in which the provider runs",
          got: `${count} Namespaces in ${location}`,
          remedy: `Set ${setting} to the ${componentsFile(provider.type)} of a release of the provider`,
        });
      }
      return { manifest, entry: inventoryObject({ name, type, version, namespace: namespace.metadata.name }) };
    }),
  );
