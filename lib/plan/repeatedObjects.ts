import { partsOf, providerUrn } from "../base/urn";
import type { RecordedResource } from "./deletedObjects";

/** A cluster and the locations of its manifests, in the order of the settings. */
export interface ListedManifests {
  readonly name: string;
  readonly manifests: readonly string[];
}

const userManifests = "slipway:index:ExtraManifests";

/**
 * Returns the URNs of users' objects that a state has under a second manifest. An earlier version recorded an object of
 * two manifests twice. The program now registers the object once, under the first manifest, and the engine would delete
 * the object with its second resource.
 */
export const repeatedObjects = (
  resources: readonly RecordedResource[],
  clusters: readonly ListedManifests[],
): string[] => {
  const prefixes = clusters.flatMap(({ name, manifests }) => manifests.map((file) => `${name}-manifests/${file}/`));
  const rankOf = ({ urn }: RecordedResource): number => {
    const { name, ancestors } = partsOf(urn);
    return ancestors.includes(userManifests) ? prefixes.findIndex((prefix) => name.startsWith(prefix)) : -1;
  };
  const first = new Map<string, string>();
  const candidates = resources
    .filter(({ id, provider, type }) => id !== undefined && provider !== undefined && type.startsWith("kubernetes:"))
    .map((resource) => ({ resource, rank: rankOf(resource) }))
    .filter(({ rank }) => rank >= 0)
    .sort((one, other) => one.rank - other.rank);
  return candidates.flatMap(({ resource: { urn, type, id = "", provider = "" } }) => {
    const object = [providerUrn(provider), type, id].join(" ");
    const isRepeated = first.has(object) && first.get(object) !== urn;
    if (!first.has(object)) first.set(object, urn);
    return isRepeated ? [urn] : [];
  });
};
