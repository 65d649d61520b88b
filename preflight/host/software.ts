import type { Pins } from "../../lib/versions/pins";
import { isAtLeast } from "../../lib/versions/semver";
import { bad, ok, type Judge } from "./check";
import { findOtherServer } from "./dockerServer";
import type { HostFacts } from "./facts";

/** Node, which runs all of this. */
export const checkNode: Judge = ({ node }, { pins: { minimum } }) =>
  isAtLeast(node, minimum.node)
    ? ok("node", node)
    : bad("fail", "node", `${node} is older than ${minimum.node}`, `install Node ${minimum.node} or newer`);

/** Go, on the route that compiles. */
export const checkGo: Judge = ({ go, route }, { pins: { minimum } }) => {
  if (route !== "source") return undefined;
  const remedy = `install Go ${minimum.go} or newer (https://go.dev/dl), or reach the release hosts and take SLIPWAY_ROUTE=release`;
  if (go === undefined) return bad("fail", "go", "not found; the source route compiles the tools", remedy);
  return isAtLeast(go, minimum.go) ? ok("go", go) : bad("fail", "go", `${go} is older than ${minimum.go}`, remedy);
};

/** A Docker that answers and is new enough. */
export const checkDocker: Judge = ({ docker, route, platform }, { pins: { minimum } }) => {
  if (docker.server === undefined) {
    const detail = docker.client === undefined ? "no docker command" : `no answer: ${docker.error ?? "unknown reason"}`;
    return route === "source" && platform === "linux"
      ? bad("warn", "docker", detail, "as root, make tools installs Debian's and starts it; else start it yourself")
      : bad("fail", "docker", detail, "install and start Docker; on Linux, your user must be in the group docker");
  }
  return isAtLeast(docker.server, minimum.docker)
    ? ok("docker", `${docker.server}${docker.os ? `, ${docker.os}` : ""}`)
    : bad(
        "fail",
        "docker",
        `${docker.server} is older than ${minimum.docker}`,
        `install Docker ${minimum.docker} or newer`,
      );
};

/** Docker's socket where Cluster API's Docker provider mounts it from. */
export const checkSocket: Judge = ({ docker, platform }) => {
  const name = "docker.sock";
  if (docker.socket) return findOtherServer(docker) ?? ok(name, "/var/run/docker.sock");
  if (docker.server === undefined) return undefined; // the docker check says it
  const remedy =
    platform === "darwin"
      ? 'Docker Desktop: Settings, Advanced, "Allow the default Docker socket to be used"'
      : "let Docker listen on /var/run/docker.sock as well: Cluster API's Docker provider mounts it";
  return bad("fail", name, "/var/run/docker.sock is not there", remedy);
};

const pinned = (tool: string, { pulumi, ...routes }: Pins, route: HostFacts["route"]): string | undefined =>
  ({
    pulumi: pulumi.cli,
    kind: routes[route].kind,
    kubectl: routes[route].kubernetes,
    clusterctl: routes[route].clusterApi,
  })[tool];

/** The tools, in the versions of pins.json. */
export const checkTools: Judge = ({ tools, route }, { pins: all }) => {
  const absent = Object.keys(tools).filter((tool) => tools[tool] === null);
  const wrong = Object.entries(tools).flatMap(([tool, printed]) => {
    const wanted = pinned(tool, all, route);
    const found = printed === null ? undefined : /\d+\.\d+\.\d+/.exec(printed)?.[0];
    return wanted !== undefined && printed !== null && found !== wanted
      ? [`${tool} ${found ?? "?"} instead of ${wanted}`]
      : [];
  });
  if (absent.length === 0 && wrong.length === 0)
    return ok("tools", `${Object.keys(tools).length} in .tools/bin, as pinned`);
  const detail = [absent.length > 0 ? `missing: ${absent.join(", ")}` : "", ...wrong]
    .filter((text) => text !== "")
    .join("; ");
  return bad("warn", "tools", detail, "make tools (make up does it too)");
};

/** Clusters that the stack does not know. */
export const checkLeftovers: Judge = ({ containers }, { ownClusters, wantedClusters }) => {
  const strange = containers.filter(({ cluster }) => !ownClusters.includes(cluster));
  if (strange.length === 0) {
    return ok(
      "leftovers",
      containers.length > 0 ? `none; ${containers.length} containers are the running stack's` : "none",
    );
  }
  const inTheWay = strange.filter(({ cluster }) => wantedClusters.includes(cluster)).map(({ name }) => name);
  if (inTheWay.length > 0) {
    return bad(
      "fail",
      "leftovers",
      `containers of clusters named as this stack's, which it did not make: ${inTheWay.join(", ")}`,
      `rename the clusters in the settings, or, if nobody needs them: docker rm --force --volumes ${inTheWay.join(" ")}`,
    );
  }
  const names = strange.map(({ name }) => name);
  const remedy = `other kind clusters of yours may stay; after an interrupted up: make destroy; if nobody needs them: docker rm --force --volumes ${names.join(" ")}`;
  return bad("warn", "leftovers", `containers of clusters this stack does not list: ${names.join(", ")}`, remedy);
};
