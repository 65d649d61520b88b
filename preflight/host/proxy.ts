import type { Cidr } from "../../lib/network/cidr";
import { hasProxy, isLoopback, networksBehindProxy, proxyHost, type ProxyVariables } from "../../lib/network/proxy";
import { type CheckResult, finding, type HostCheck, ok } from "./check";

const name = "proxy";

const proxiesOf = ({ HTTP_PROXY, HTTPS_PROXY }: ProxyVariables): [string, string][] =>
  Object.entries({ HTTP_PROXY, HTTPS_PROXY }).filter((entry): entry is [string, string] => entry[1] !== undefined);

/** Returns the text of a proxy without its user and password. */
const shown = ([variable, value]: [string, string]): string => `${variable} ${value.replace(/^(\w+:\/\/)?.*@/, "$1")}`;

const unreachable = (local: readonly [string, string][], pulls: boolean): CheckResult =>
  finding(
    pulls ? "fail" : "warn",
    name,
    `${local.map(shown).join(", ")}: an address of this machine, which in a node means the node itself, so nodes cannot ` +
      `pull images through it`,
    "let the proxy listen on an address that containers reach, such as Docker's gateway 172.17.0.1, and name this address",
  );

/**
 * Checks the proxy of this machine's environment: nodes reach it, and programs do not ask it for addresses of the clusters.
 */
export const checkProxy: HostCheck = ({ proxy = {} }, requirements) => {
  if (!hasProxy(proxy)) return undefined;
  const { subnet, subnetIPv6, clusterNetworks, nodesPull = false } = requirements;
  const networks: Cidr[] = [subnet, ...(subnetIPv6 ? [subnetIPv6] : []), ...clusterNetworks];
  const local = proxiesOf(proxy).filter(([, value]) => isLoopback(proxyHost(value) ?? ""));
  if (local.length > 0) return unreachable(local, nodesPull);
  const behind = networksBehindProxy(proxy, networks).map(({ text }) => text);
  if (behind.length > 0)
    return finding(
      "fail",
      name,
      `NO_PROXY lacks ${behind.join(", ")}, so Pulumi and kubectl would ask the proxy for the clusters' addresses`,
      `run slipway up, which completes NO_PROXY, or add ${behind.join(",")} to NO_PROXY`,
    );
  return ok(name, proxiesOf(proxy).map(shown).join(", "));
};
