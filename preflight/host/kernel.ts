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

/** A route of the kernel, or the gateway of a route. */
export interface HostRoute {
  network: Cidr;
  /** Empty for a route without a device, such as a blackhole. */
  device: string;
  isGateway?: true;
}

/** Returns an address of /proc/net/route, whose hexadecimal digits are in the machine's byte order. */
const ipv4Value = (digits: string): bigint => BigInt(`0x${(digits.match(/../g) ?? ["0"]).reverse().join("")}`);

const columnsOf = (table: string): string[][] =>
  table
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(/\s+/));

/** Returns the routes of /proc/net/route, whose addresses are hexadecimal in the machine's byte order. */
export const readRoutes = (table: string): HostRoute[] =>
  columnsOf(table).flatMap(([device = "", destination = "", , , , , , mask = ""]) => {
    const length = [...parseInt(mask, 16).toString(2)].filter((bit) => bit === "1").length;
    const network = networkAt("ipv4", ipv4Value(destination), length);
    return length === 0 ? [] : [{ network, device: device === "*" ? "" : device }];
  });

/** Returns the gateways of /proc/net/route. A subnet around a gateway would cut this host off from the gateway's networks. */
export const readGateways = (table: string): HostRoute[] =>
  columnsOf(table).flatMap(([device = "", , gateway = ""]): HostRoute[] =>
    /^0*$/.test(gateway) ? [] : [{ network: networkAt("ipv4", ipv4Value(gateway), 32), device, isGateway: true }],
  );

/** Flags of /proc/net/ipv6_route: an address of this host, and an address of this host for anycast. */
const [localFlag, anycastFlag] = [0x8000_0000, 0x0010_0000];

/** Returns a route or gateway in words, such as `10.0.0.0/8 on tun0`. */
export const routeText = ({ network, device, isGateway }: HostRoute): string => {
  const what = isGateway ? `the gateway ${network.base}` : network.text;
  return device === "" ? `${what} (a route without a device)` : `${what} on ${device}`;
};

/** Returns the routes of /proc/net/ipv6_route, without addresses of this host and networks of a single link. */
export const readIPv6Routes = (table: string): HostRoute[] =>
  table
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [destination = "", length = "", ...rest] = line.trim().split(/\s+/);
      const device = rest.at(-1) ?? "";
      const prefix = parseInt(length, 16);
      const flags = parseInt(rest.at(-2) ?? "0", 16);
      const isOwn = Math.floor(flags / localFlag) % 2 === 1 || (flags & anycastFlag) !== 0;
      const isLink = /^(fe[89ab]|ff)/.test(destination) || /^0{31}1$/.test(destination);
      if (!/^[0-9a-f]{32}$/.test(destination) || isOwn || isLink || prefix === 0) return [];
      // The kernel shows the device lo for a blackhole.
      return [
        { network: networkAt("ipv6", BigInt(`0x${destination}`), prefix), device: device === "lo" ? "" : device },
      ];
    });

/** Returns all routes and gateways of this host, without default routes. */
export const hostRoutes = (read: (path: string) => string | undefined): HostRoute[] => {
  const table = read("/proc/net/route") ?? "";
  return [...readRoutes(table), ...readGateways(table), ...readIPv6Routes(read("/proc/net/ipv6_route") ?? "")];
};

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
