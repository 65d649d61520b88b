import { isRecord, valueAt } from "../base/json";
import { namespaceOf } from "./identity";
import type { CrdRow, Manifest } from "./manifest";
import { groupOf, type KubernetesObject } from "./object";
import { runsPods } from "./waits";

/** A program in a cluster that the API server calls for requests of other objects: a webhook, or another API server. */
export interface Extension {
  /** `namespace/name` of the service that the API server calls. */
  readonly service: string;
  /** Workloads of the manifests behind the service; empty if none of the manifests has them. */
  readonly servers: readonly KubernetesObject[];
  /** Number of the manifest that registers the extension. */
  readonly file: number;
  /** Returns true for an object that the API server creates only after the program answers. */
  readonly serves: (object: KubernetesObject) => boolean;
}

/** One registration: a service and the objects that need it. */
type Registration = Pick<Extension, "service" | "serves">;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Returns `namespace/name` of a reference to a service; undefined for a webhook with a URL. */
const serviceAt = (holder: unknown, ...path: readonly string[]): string | undefined => {
  const [namespace, name] = ["namespace", "name"].map((field) => valueAt(holder, ...path, "service", field));
  return typeof namespace === "string" && typeof name === "string" ? `${namespace}/${name}` : undefined;
};

/** Returns the plural of a kind of Kubernetes in lower case: `networkpolicies`, `ingresses`. */
const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name === "endpoints") return name;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
};

/** Returns the group of a CRD's objects: the name of a CRD is its plural and its group. */
export const groupOfCrd = ({ name }: Pick<CrdRow, "name">): string => name.slice(name.indexOf(".") + 1);

const resourceOf = (object: KubernetesObject, crds: readonly CrdRow[]): string => {
  const crd = crds.find((row) => groupOfCrd(row) === groupOf(object) && row.kind === object.kind);
  return crd?.name.split(".")[0] ?? pluralOf(object.kind);
};

const webhookKinds = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];

const webhooksOf = (configuration: KubernetesObject, crds: readonly CrdRow[]): Registration[] =>
  list(configuration["webhooks"]).flatMap((webhook) => {
    const service = serviceAt(webhook, "clientConfig");
    if (service === undefined || valueAt(webhook, "failurePolicy") === "Ignore") return [];
    const rules = list(valueAt(webhook, "rules"));
    const serves = (object: KubernetesObject): boolean =>
      rules.some((rule) => {
        const names = (field: string): readonly unknown[] => list(valueAt(rule, field));
        const operations = names("operations");
        const resource = resourceOf(object, crds);
        const isCreated = operations.length === 0 || operations.includes("*") || operations.includes("CREATE");
        return (
          isCreated &&
          (names("apiGroups").includes("*") || names("apiGroups").includes(groupOf(object))) &&
          ["*", "*/*", resource, `${resource}/*`].some((name) => names("resources").includes(name))
        );
      });
    return [{ service, serves }];
  });

const apiServiceOf = (object: KubernetesObject): Registration[] => {
  const service = serviceAt(object, "spec");
  const group = valueAt(object, "spec", "group");
  return service === undefined ? [] : [{ service, serves: (other) => groupOf(other) === group }];
};

const conversionsOf = ({ crds }: Manifest): Registration[] =>
  crds.flatMap((crd) =>
    crd.conversion === undefined
      ? []
      : [
          {
            service: crd.conversion,
            serves: (object) => groupOf(object) === groupOfCrd(crd) && (crd.kind ?? object.kind) === object.kind,
          },
        ],
  );

/** Returns the labels of an object's pods. */
const podLabelsOf = (object: KubernetesObject): unknown =>
  object.kind === "Pod" ? object.metadata.labels : valueAt(object, "spec", "template", "metadata", "labels");

const serversOf = (name: string, objects: readonly KubernetesObject[]): KubernetesObject[] => {
  const services = objects.filter(
    (object) => object.kind === "Service" && `${namespaceOf(object)}/${object.metadata.name}` === name,
  );
  return services.flatMap((service) => {
    const selector = valueAt(service, "spec", "selector");
    if (!isRecord(selector) || Object.keys(selector).length === 0) return [];
    return objects.filter(
      (object) =>
        runsPods(object) &&
        namespaceOf(object) === namespaceOf(service) &&
        Object.entries(selector).every(([key, value]) => valueAt(podLabelsOf(object), key) === value),
    );
  });
};

/** Returns the webhooks and API servers that manifests register, one for each service and manifest. */
export const extensionsOf = (manifests: readonly Manifest[]): Extension[] => {
  const objects = manifests.flatMap((manifest) => manifest.objects);
  const crds = manifests.flatMap((manifest) => manifest.crds);
  return manifests.flatMap((manifest, file) => {
    const registrations = [
      ...manifest.objects.filter(({ kind }) => webhookKinds.includes(kind)).flatMap((one) => webhooksOf(one, crds)),
      ...manifest.objects.filter(({ kind }) => kind === "APIService").flatMap(apiServiceOf),
      ...conversionsOf(manifest),
    ];
    return [...new Set(registrations.map(({ service }) => service))].map((service) => {
      const ofService = registrations.filter((one) => one.service === service);
      return {
        service,
        file,
        servers: serversOf(service, objects),
        serves: (object: KubernetesObject) => ofService.some(({ serves }) => serves(object)),
      };
    });
  });
};
