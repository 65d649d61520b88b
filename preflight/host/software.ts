import { conflictText, findNameConflicts } from "../../lib/settings/containerNames";
import type { Pins } from "../../lib/versions/pins";
import { isAtLeast } from "../../lib/versions/semver";
import { finding, ok, type HostCheck } from "./check";
import { findUnsupportedEngine } from "./dockerEngine";
import { findOtherServer } from "./dockerServer";
import type { HostFacts } from "./facts";

/** Checks the version of Node.js, which runs Slipway. */
export const checkNode: HostCheck = ({ node }, { pins: { minimum } }) =>
  isAtLeast(node, minimum.node)
    ? ok("node", node)
    : finding("fail", "node", `${node} is older than ${minimum.node}`, `install Node.js ${minimum.node} or newer`);

/** Checks the Go compiler, which only the source route uses. */
export const checkGo: HostCheck = ({ go, route }, { pins: { minimum } }) => {
  if (route !== "source") return undefined;
  const remedy = `install Go ${minimum.go} or newer (https://go.dev/dl), or set SLIPWAY_ROUTE=release if this machine can reach the release hosts`;
  if (go === undefined) return finding("fail", "go", "not found; the source route compiles the tools", remedy);
  return isAtLeast(go, minimum.go) ? ok("go", go) : finding("fail", "go", `${go} is older than ${minimum.go}`, remedy);
};

/** Checks that Docker answers and has the minimum version. */
export const checkDocker: HostCheck = ({ docker, route, platform }, { pins: { minimum } }) => {
  const unsupported = findUnsupportedEngine(docker, platform);
  if (unsupported !== undefined) return finding("fail", "docker", unsupported.detail, unsupported.remedy);
  if (docker.server === undefined) {
    const detail =
      docker.client === undefined ? "docker command not found" : `no answer: ${docker.error ?? "unknown reason"}`;
    return route === "source" && platform === "linux"
      ? finding(
          "warn",
          "docker",
          detail,
          "start Docker, or run make tools as root, which installs and starts Debian's Docker",
        )
      : finding("fail", "docker", detail, "install and start Docker; on Linux, add your user to the group docker");
  }
  return isAtLeast(docker.server, minimum.docker)
    ? ok("docker", `${docker.server}${docker.os ? `, ${docker.os}` : ""}`)
    : finding(
        "fail",
        "docker",
        `${docker.server} is older than ${minimum.docker}`,
        `install Docker ${minimum.docker} or newer`,
      );
};

/** Checks Docker's socket, which Cluster API's Docker provider mounts. */
export const checkSocket: HostCheck = ({ docker, platform }) => {
  const name = "docker.sock";
  if (findUnsupportedEngine(docker, platform) !== undefined) return undefined; // the check docker reports it
  if (docker.socket) return findOtherServer(docker) ?? ok(name, "/var/run/docker.sock");
  if (docker.server === undefined) return undefined; // the check docker reports the missing server
  const remedy =
    platform === "darwin"
      ? 'in Docker Desktop, turn on Settings, Advanced, "Allow the default Docker socket to be used"'
      : "let Docker listen on /var/run/docker.sock too: Cluster API's Docker provider mounts this socket";
  return finding("fail", name, "/var/run/docker.sock does not exist", remedy);
};

const pinned = (tool: string, { pulumi, ...routes }: Pins, route: HostFacts["route"]): string | undefined =>
  ({
    pulumi: pulumi.cli,
    kind: routes[route].kind,
    kubectl: routes[route].kubernetes,
    clusterctl: routes[route].clusterApi,
  })[tool];

/** Checks that the tools have the versions of pins.json. */
export const checkTools: HostCheck = ({ tools, route }, { pins: all }) => {
  const missing = Object.keys(tools).filter((tool) => tools[tool] === null);
  const wrong = Object.entries(tools).flatMap(([tool, printed]) => {
    const wanted = pinned(tool, all, route);
    const installed = printed === null ? undefined : /\d+\.\d+\.\d+/.exec(printed)?.[0];
    return wanted !== undefined && printed !== null && installed !== wanted
      ? [`${tool} ${installed ?? "?"} instead of ${wanted}`]
      : [];
  });
  if (missing.length === 0 && wrong.length === 0)
    return ok("tools", `${Object.keys(tools).length} in .tools/bin, as pinned`);
  const detail = [missing.length > 0 ? `missing: ${missing.join(", ")}` : "", ...wrong]
    .filter((text) => text !== "")
    .join("; ");
  return finding("warn", "tools", detail, "run make tools (make up installs them too)");
};

/** Checks for containers of clusters that do not belong to the stack. */
export const checkContainers: HostCheck = ({ containers }, { ownClusters, wantedClusters }) => {
  const name = "containers";
  const foreign = containers.filter(({ cluster }) => !ownClusters.includes(cluster));
  if (foreign.length === 0) {
    return ok(name, containers.length > 0 ? `${containers.length}, all of the running stack` : "none");
  }
  const conflicting = foreign
    .filter(({ cluster }) => wantedClusters.includes(cluster))
    .map((container) => container.name);
  if (conflicting.length > 0) {
    return finding(
      "fail",
      name,
      `containers of clusters that this stack did not create and whose names its settings use: ${conflicting.join(", ")}`,
      `rename the clusters in the settings; or, if nobody needs these containers: docker rm --force --volumes ${conflicting.join(" ")}`,
    );
  }
  const names = foreign.map((container) => container.name);
  const remedy =
    "keep them if they belong to other kind clusters of yours; after an interrupted up, run make destroy; " +
    `if nobody needs them: docker rm --force --volumes ${names.join(" ")}`;
  return finding("warn", name, `containers of clusters that this stack does not list: ${names.join(", ")}`, remedy);
};

/** Checks for containers without the stack's labels that have a name which the stack needs. */
export const checkContainerNames: HostCheck = ({ allContainers = [] }, { neededNames = [], owner = "" }) => {
  const conflicts = findNameConflicts(neededNames, allContainers, owner);
  if (conflicts.length === 0) return undefined;
  const names = conflicts.map(({ name }) => name);
  const [first = ""] = names;
  return finding(
    "fail",
    "container names",
    `containers that this stack did not create have names that it needs: ${conflicts.map(conflictText).join(", ")}`,
    `rename them (docker rename ${first} ${first}.old), or rename the clusters in the settings; or, if nobody needs them: docker rm --force --volumes ${names.join(" ")}`,
  );
};
