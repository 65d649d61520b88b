import { candidateRanges } from "../../lib/network/freeSubnet";
import { completeProxyVariables, hasProxy, inBothCases, readProxyVariables } from "../../lib/network/proxy";
import { withStackNetworks } from "../../lib/settings/proxy";
import { kindNetworks } from "../../lib/providers/kindConfig";
import type { Settings } from "../../lib/settings/types";

/** Networks that no proxy reaches, whatever the settings are. A first `up` takes the Docker network from these ranges. */
const ownNetworks = [...candidateRanges, ...kindNetworks.map((text) => ({ text }))];

/**
 * Sets the variables of a proxy in both cases, for this process and all programs that it starts, and completes NO_PROXY with
 * what no proxy reaches. Changes nothing without a proxy.
 *
 * @param readSettings - reads the stack's settings, only with a proxy; default: no settings, for commands without a stack
 */
export const takeProxy = (
  env: NodeJS.ProcessEnv,
  readSettings: () => Pick<Settings, "network" | "clusters"> | undefined = () => undefined,
): void => {
  const variables = readProxyVariables(env);
  if (!hasProxy(variables)) return;
  const settings = readSettings();
  const complete = completeProxyVariables(variables, ownNetworks);
  Object.assign(env, inBothCases(settings === undefined ? complete : withStackNetworks(complete, settings)));
};

/** Lines of shell that complete NO_PROXY where a proxy is set. */
export const proxyLines: readonly string[] = [
  'if [ -n "${HTTP_PROXY:-}${HTTPS_PROXY:-}${http_proxy:-}${https_proxy:-}" ]; then',
  '  NO_PROXY="${NO_PROXY:-${no_proxy:-}}"',
  `  NO_PROXY="\${NO_PROXY:+$NO_PROXY,}${completeProxyVariables({ HTTP_PROXY: "any" }, ownNetworks).NO_PROXY ?? ""}"`,
  '  export NO_PROXY no_proxy="$NO_PROXY"',
  "fi",
];
