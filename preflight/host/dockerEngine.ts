import type { DockerFacts } from "./dockerFacts";

/** A Docker that Slipway cannot use. */
export interface UnsupportedEngine {
  /** What it is, and why it does not work. */
  readonly detail: string;
  /** The fix, in the imperative. */
  readonly remedy: string;
}

const installEngine = "install Docker Engine (https://docs.docker.com/engine/install)";

/** Virtual machines with a Docker, other than Docker Desktop, which checkContainerAddresses reports. */
const virtualMachines: readonly { name: string; pattern: RegExp }[] = [
  { name: "colima", pattern: /^colima(-|$)|\/\.?colima\// },
  { name: "Lima", pattern: /^lima(-|$)|\/\.lima\// },
  { name: "Rancher Desktop", pattern: /^rancher-desktop$|\/\.rd\/|Rancher Desktop/ },
  { name: "OrbStack", pattern: /^orbstack$|\/\.orbstack\/|OrbStack/ },
];

/** Returns the command with which a user chooses the Docker behind the socket. */
const socketCommand = ({ chosenBy }: DockerFacts): string =>
  chosenBy === undefined ? "docker context use default" : `unset ${chosenBy}`;

/** Returns how a user chooses the Docker behind the socket. */
const chooseSocket = (facts: DockerFacts): string =>
  facts.chosenBy === undefined ? `run ${socketCommand(facts)}` : socketCommand(facts);

const choiceText = ({ chosenBy, context, address = "" }: DockerFacts): string =>
  chosenBy === "DOCKER_HOST" ? `DOCKER_HOST=${address}` : `context ${context ?? "default"}, ${address}`;

const isPodmanCommand = ({ client = "", error = "" }: DockerFacts): boolean =>
  /podman/i.test(client) || /emulate docker cli using podman/i.test(error);

/** Returns the context that docker's error names as missing; undefined for other errors. */
const missingContext = ({ server, error = "" }: DockerFacts): string | undefined =>
  server === undefined
    ? (/context "?([^"\s:]+)"?: context not found/.exec(error) ?? /context "([^"]+)" is not found/.exec(error))?.[1]
    : undefined;

/** Returns the scheme of an address other than a socket of this machine, such as `tcp`; undefined for a socket. */
const remoteScheme = (address: string, platform: string): string | undefined => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  // Without a scheme, docker assumes tcp.
  return scheme === undefined ? "tcp" : scheme === (platform === "win32" ? "npipe" : "unix") ? undefined : scheme;
};

/**
 * Returns why Slipway cannot use the Docker of the docker command; undefined for a Docker Engine behind a socket. Docker
 * Desktop is not part of it.
 *
 * @param platform Node's name of the operating system
 */
export const findUnsupportedEngine = (facts: DockerFacts, platform: string): UnsupportedEngine | undefined => {
  const { context = "", address, components = [], security = [], os = "", machine = "" } = facts;
  if (isPodmanCommand(facts))
    return {
      detail: "the docker command is Podman, and Cluster API's Docker provider needs Docker",
      remedy: `${installEngine}, and remove the package podman-docker`,
    };
  const missing = missingContext(facts);
  if (missing !== undefined)
    return {
      detail: `the docker command uses the context ${missing}, which does not exist`,
      remedy: `${chooseSocket(facts)}; docker context ls lists the contexts`,
    };
  const scheme = address === undefined ? undefined : remoteScheme(address, platform);
  if (scheme !== undefined)
    return {
      detail: `the docker command (${choiceText(facts)}) uses a Docker over ${scheme}, and Slipway needs the Docker of its own machine: nodes' addresses and mounted files belong to it`,
      remedy: `${chooseSocket(facts)}, or run Slipway on the machine of that Docker`,
    };
  if (components.some((name) => /podman/i.test(name)) || /\/podman\/|podman\.sock$/.test(address ?? ""))
    return {
      detail: "Podman answers in place of Docker, and Cluster API's Docker provider needs Docker",
      remedy: `${installEngine}, and stop Podman's socket (systemctl disable --now podman.socket)`,
    };
  if (
    security.some((option) => option.split(",").includes("name=rootless")) ||
    /\/run\/user\/\d+\/docker\.sock$/.test(address ?? "")
  )
    return {
      detail:
        "Docker runs in rootless mode, in which nodes' addresses are not reachable and kind needs delegated cgroups",
      remedy: `use the Docker of root: ${chooseSocket(facts)}, then systemctl start docker as root`,
    };
  const names = [context, address ?? "", os.replace(/^linux\//, ""), machine];
  const vm = virtualMachines.find(({ pattern }) => names.some((name) => pattern.test(name)));
  // On macOS every Docker runs in a virtual machine, and checkContainerAddresses warns about all of them.
  if (vm === undefined || (platform !== "linux" && !["colima", "Lima"].includes(vm.name))) return undefined;
  return {
    detail: `${vm.name} runs containers in a virtual machine, so this host cannot reach their addresses`,
    remedy:
      platform === "linux"
        ? `${installEngine} on this Linux, then ${socketCommand(facts)}`
        : `run Slipway on Linux, for example inside the virtual machine of ${vm.name}`,
  };
};
