import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type Cidr, networkAt } from "../../lib/network/cidr";
import { readOutput, readText } from "./readers";

/** Returns the hard limit of open files from the text of /proc/self/limits. */
export const hardOpenFiles = (limits: string): number | undefined => {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  if (hard === undefined) return undefined;
  return hard === "unlimited" ? Infinity : Number(hard);
};

/** A route of the kernel. */
export interface HostRoute {
  network: Cidr;
  device: string;
}

/**
 * Prefix length of the shortest route that is not a default route. Some VPNs replace the default route with two routes of
 * length 1, which cover every address.
 */
const shortestRoute = 2;

/** Returns the routes of /proc/net/route, whose addresses are hexadecimal in the machine's byte order. */
export const readRoutes = (table: string): HostRoute[] =>
  table
    .trim()
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [device = "", destination = "", , , , , , mask = ""] = line.split(/\s+/);
      const address = (destination.match(/../g) ?? []).reverse().join("");
      const length = [...parseInt(mask, 16).toString(2)].filter((bit) => bit === "1").length;
      return length < shortestRoute ? [] : [{ network: networkAt("ipv4", BigInt(`0x${address}`), length), device }];
    });

/** Returns the routes of /proc/net/ipv6_route, without addresses of this host and networks of a single link. */
export const readIPv6Routes = (table: string): HostRoute[] =>
  table
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [destination = "", length = "", ...rest] = line.trim().split(/\s+/);
      const device = rest.at(-1) ?? "";
      const prefix = parseInt(length, 16);
      const isLocal = device === "lo" || /^(fe[89ab]|ff)/.test(destination);
      if (!/^[0-9a-f]{32}$/.test(destination) || isLocal || prefix < shortestRoute) return [];
      return [{ network: networkAt("ipv6", BigInt(`0x${destination}`), prefix), device }];
    });

/** Returns true if the kernel's configuration or modules have a feature; undefined if neither can be read. */
const hasFeature = async (option: string, module: string, path: string): Promise<boolean | undefined> => {
  try {
    const config = gunzipSync(readFileSync("/proc/config.gz")).toString();
    return new RegExp(`^${option}=[ym]$`, "m").test(config);
  } catch {
    // Some kernels do not show their configuration.
  }
  if (new RegExp(`^${module} `, "m").test(readText("/proc/modules") ?? "")) return true;
  const probe = await readOutput("modprobe", ["--dry-run", module], path);
  if (probe.text !== undefined) return true;
  return existsSync("/lib/modules") && /not found/i.test(probe.error) ? false : undefined;
};

/** Returns the features that Docker needs, without the features whose state is unknown. */
export const kernelFeatures = async (path: string): Promise<Record<string, boolean>> => {
  const overlay =
    /\boverlay$/m.test(readText("/proc/filesystems") ?? "") || (await hasFeature("CONFIG_OVERLAY_FS", "overlay", path));
  const bridge = existsSync("/sys/class/net/docker0/bridge") || (await hasFeature("CONFIG_BRIDGE", "bridge", path));
  const all = { overlay, bridge };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, boolean] => entry[1] !== undefined));
};
