/** Environment variables that a command reads, besides those that Pulumi and Docker read by themselves. */
export const variables = {
  STACK: "stack to work on, as --stack; default: dev on the release route, offline on the source route",
  SLIPWAY_ROUTE: "release or source; default: the route that works on this machine",
  SLIPWAY_CACHE: "absolute path of the cache; default: $XDG_CACHE_HOME/slipway, else ~/.cache/slipway",
  XDG_CACHE_HOME: "folder of all caches, for SLIPWAY_CACHE",
  SLIPWAY_TIMEOUT: "seconds after which every wait ends, from 1 to 999999; default: a limit for each wait",
  SLIPWAY_REACH: "address or published-port: how API servers of containers are reached; default: measured",
  SLIPWAY_TRACE: "1 prints errors with their stack and more of Pulumi's debugging output",
  NO_COLOR: "any value turns colours off",
  PULUMI_BACKEND_URL: "backend of the state; default: the folder .slipway of the checkout",
  PULUMI_HOME: "Pulumi's own folder; default: ~/.pulumi",
  PULUMI_CREDENTIALS_PATH: "folder of Pulumi's credentials.json; default: PULUMI_HOME",
  PULUMI_CONFIG_PASSPHRASE: "passphrase of the local backend; default: a random one in .slipway/passphrase",
  PULUMI_CONFIG_PASSPHRASE_FILE: "file with that passphrase",
  PULUMI_CONTINUE_ON_ERROR: "true lets Pulumi continue after an error, as --continue-on-error",
  PULUMI_PARALLEL: "number of Pulumi's operations at a time; default: 64",
  GOGC: "garbage collection percentage of Pulumi and its plugins; default: 300",
  GOMEMLIMIT: "memory limit of Pulumi and its plugins; default: 1GiB",
  DOCKER_CONFIG: "folder of Docker's config.json, which imagePullCredentials reads; default: ~/.docker",
  NODE_EXTRA_CA_CERTS: "PEM file of authorities for Slipway's own requests; the setting caBundle is for nodes too",
  DOCKER_HOST: "address of Docker; default: unix:///var/run/docker.sock",
  KUBECONFIG: "list of your kubeconfigs, of which --merge takes the first; default: ~/.kube/config",
  DISPLAY: "display of the X server, where --open opens the report",
  WAYLAND_DISPLAY: "display of Wayland, where --open opens the report",
  HTTP_PROXY: "proxy for downloads, registries and nodes; also in lower case",
  HTTPS_PROXY: "proxy for hosts with TLS; also in lower case; default for Slipway's own requests: HTTP_PROXY",
  NO_PROXY: "hosts and networks without a proxy; Slipway adds the stack's networks",
} as const satisfies Record<string, string>;

/** The name of an environment variable. */
export type VariableName = keyof typeof variables;

/** Variables of every command. */
export const commonVariables: readonly VariableName[] = ["SLIPWAY_TRACE", "NO_COLOR"];

/** Variables of the commands that choose a route. */
export const routeVariables: readonly VariableName[] = ["SLIPWAY_ROUTE"];

/** Variables of the commands that fetch or build tools. */
export const toolVariables: readonly VariableName[] = [
  ...routeVariables,
  "SLIPWAY_CACHE",
  "XDG_CACHE_HOME",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "NODE_EXTRA_CA_CERTS",
  "DOCKER_HOST",
];

/** Variables of the commands that read the state. */
export const stateVariables: readonly VariableName[] = [
  "PULUMI_BACKEND_URL",
  "PULUMI_HOME",
  "PULUMI_CREDENTIALS_PATH",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
];

/** Variables of the commands that run Pulumi on the whole stack. */
export const pulumiVariables: readonly VariableName[] = [
  ...toolVariables,
  "DOCKER_CONFIG",
  "SLIPWAY_TIMEOUT",
  "SLIPWAY_REACH",
  ...stateVariables,
  "PULUMI_PARALLEL",
  "GOGC",
  "GOMEMLIMIT",
];
