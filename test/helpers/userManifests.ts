import { type Manifest, placedManifest } from "../../lib/kubernetes/manifest";
import { splitCrds } from "../../lib/kubernetes/object";
import { valueAt } from "../../lib/base/json";

/** Returns a manifest of a user as the program reads it, without writing its CRDs to files. */
export const userManifest = (name: string, text: string): Manifest => {
  const placed = placedManifest(text, `manifests ${name}`);
  const split = splitCrds(placed.map(({ object }) => object));
  const rows = split.crds.map((crd) => {
    const service = (field: string) => valueAt(crd, "spec", "conversion", "webhook", "clientConfig", "service", field);
    const isConverted = service("name") !== undefined;
    return {
      name: crd.metadata.name,
      sha256: "a".repeat(64),
      kind: String(valueAt(crd, "spec", "names", "kind")),
      ...(isConverted ? { conversion: `${String(service("namespace"))}/${String(service("name"))}` } : {}),
    };
  });
  return { name, crds: rows, objects: split.others, placed };
};
