import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { KubernetesObject } from "../../lib/kubernetes/object";

const clusterScoped = ["CustomResourceDefinition", "Node"];

const pluralOf = (kind: string): string => `${kind.toLowerCase()}s`;

/** Kinds that the API server has, as kind and apiVersion. Objects of other kinds are not served. */
export type ServedKinds = readonly (readonly [kind: string, apiVersion: string])[];

/** An API server that answers reads from recorded objects. */
export interface RecordedApi {
  url: string;
  close: () => void;
}

const discovery = (kinds: ServedKinds, path: string): object | undefined => {
  const groups = [...new Set(kinds.map(([, version]) => version).filter((version) => version.includes("/")))];
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    return {
      ...{ kind: "APIGroupList", apiVersion: "v1" },
      groups: groups.map((groupVersion) => {
        const [name, version] = groupVersion.split("/");
        const served = { groupVersion, version };
        return { name, versions: [served], preferredVersion: served };
      }),
    };
  }
  const groupVersion = /^\/(?:api\/(?=v1$)|apis\/(?=[^/]+\/[^/]+$))(.*)$/.exec(path)?.[1];
  if (groupVersion === undefined) return undefined;
  const resources = kinds
    .filter(([, version]) => version === groupVersion)
    .map(([kind]) => {
      const name = pluralOf(kind);
      const shortNames = kind === "CustomResourceDefinition" ? ["crd"] : [];
      const verbs = ["get", "list", "watch"];
      return {
        name,
        singularName: kind.toLowerCase(),
        namespaced: !clusterScoped.includes(kind),
        kind,
        verbs,
        shortNames,
      };
    });
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
};

const matchesSelector = ({ metadata }: KubernetesObject, selector: string): boolean =>
  selector
    .split(",")
    .filter(Boolean)
    .every((term) => {
      const [key = "", value] = term.split("=");
      return (metadata as { labels?: Record<string, string> }).labels?.[key] === value;
    });

/** Starts an API server without encryption for the real kubectl. Each apiVersion has one served form. */
export const recordedApi = async (kinds: ServedKinds, objects: readonly KubernetesObject[]): Promise<RecordedApi> => {
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://recorded");
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const known = discovery(kinds, pathname);
    if (known !== undefined) return answer(200, known);
    const pattern = /^\/(?:api|apis)\/(v1|[^/]+\/[^/]+)\/(?:namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?$/;
    const [, apiVersion = "", namespace, plural = "", name] = pattern.exec(pathname) ?? [];
    const field = /metadata\.name=([^,]+)/.exec(searchParams.get("fieldSelector") ?? "")?.[1];
    const items = objects.filter(
      (object) =>
        object.apiVersion === apiVersion &&
        pluralOf(object.kind) === plural &&
        (namespace === undefined || object.metadata.namespace === namespace) &&
        [name, field].every((wanted) => wanted === undefined || wanted === object.metadata.name) &&
        matchesSelector(object, searchParams.get("labelSelector") ?? ""),
    );
    if (name === undefined) {
      const metadata = { resourceVersion: "1" };
      // A watch has no events: the recorded objects never change.
      if (searchParams.get("watch") === "true")
        return void response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      const [kind] = kinds.find(([known]) => pluralOf(known) === plural) ?? ["Unknown"];
      return answer(200, { apiVersion, kind: `${kind}List`, metadata, items });
    }
    const [item] = items;
    if (item !== undefined) return answer(200, item);
    const message = `${plural} "${name}" not found`;
    answer(404, { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404, message });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
