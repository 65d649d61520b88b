import {
  type InspectedContainer,
  inspectArguments,
  listArguments,
  networkName,
  parseContainers,
  parseInspected,
} from "../../lib/base/container";
import { asText, jsonLines, listAt, valueAt } from "../../lib/base/json";
import { isOwnedBy } from "../../lib/base/labels";
import type { StackFacts } from "../../lib/report/build";
import type { ReportNetwork } from "../../lib/report/model";
import { networkArguments } from "../../system/docker";
import type { Exec } from "../../system/exec";

type DockerFacts = Pick<StackFacts, "containers" | "network" | "images" | "missing">;

/** Returns the published ports of a container as `127.0.0.1:32773 → 6443/tcp`, each once. */
const publishedPorts = (container: unknown): string[] => {
  const ports = valueAt(container, "NetworkSettings", "Ports");
  if (typeof ports !== "object" || ports === null) return [];
  const rows = Object.entries(ports).flatMap(([port, bindings]) =>
    (Array.isArray(bindings) ? bindings : []).map(
      (binding) => `${asText(valueAt(binding, "HostIp"))}:${asText(valueAt(binding, "HostPort"))} → ${port}`,
    ),
  );
  return [...new Set(rows)].sort();
};

const readNetwork = async (exec: Exec): Promise<ReportNetwork | undefined> => {
  const { text: json, failed } = await exec("docker", ...networkArguments(networkName));
  const [network] = failed ? [] : jsonLines<unknown>(json);
  if (network === undefined) return undefined;
  const configs = listAt(network, "IPAM", "Config");
  const all = (key: string): string[] => configs.flatMap((config) => asText(valueAt(config, key)) || []);
  return { name: networkName, subnets: all("Subnet"), gateways: all("Gateway") };
};

/** Reads the digests of images that Docker pulled; an image that was built here has its id. */
const readDigests = async (exec: Exec, images: readonly string[]): Promise<StackFacts["images"]> => {
  if (images.length === 0) return [];
  const {
    text: lines,
    failed,
    printed = "",
  } = await exec(...(["docker", "image", "inspect", "--format", "{{json .}}", ...images] as const));
  const inspected = jsonLines<unknown>(failed ? printed : lines);
  return images.map((image) => {
    const details = inspected.find((one) =>
      [...listAt(one, "RepoTags"), ...listAt(one, "RepoDigests"), valueAt(one, "Id")].includes(image),
    );
    const [repository] = listAt(details, "RepoDigests");
    return { image, digest: asText(repository).split("@")[1] ?? asText(valueAt(details, "Id")) };
  });
};

/** Reads the containers of a stack and their images, and the Docker network. */
export const readDocker = async (exec: Exec, stack: string, clusters: readonly string[]): Promise<DockerFacts> => {
  const networkRead = readNetwork(exec);
  const listed = await exec("docker", ...listArguments());
  if (listed.failed) return { images: [], missing: [`Docker: ${listed.text}`] };
  const ours = parseContainers(listed.text.split("\n")).filter(
    ({ cluster, owner }) => (cluster !== "" && clusters.includes(cluster)) || isOwnedBy(stack, owner),
  );
  if (ours.length === 0) return { containers: [], images: [], missing: [] };
  const inspected = await exec("docker", ...inspectArguments(...ours.map(({ id }) => id)));
  const json = inspected.failed ? (inspected.printed ?? "") : inspected.text;
  const raw = jsonLines<unknown>(json);
  const containers = parseInspected(json).map((container: InspectedContainer, index) => ({
    ...container,
    publishedPorts: publishedPorts(raw[index]),
  }));
  const images = await readDigests(exec, [...new Set(containers.map(({ image }) => image))]);
  const network = await networkRead;
  return { containers, images, missing: [], ...(network ? { network } : {}) };
};
