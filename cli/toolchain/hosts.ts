import { pins, type Route } from "../../lib/versions/pins";
import { fileQuestion, type HostQuestion, serviceQuestion } from "../../preflight/host/hosts";
import { exec } from "../../system/exec";
import { releaseProbes } from "./route";
import { aptProxy, machineMirror } from "./source/images/apt";

const printedBy = async (program: string, ...args: string[]): Promise<string> => {
  const { code, stdout } = await exec(program, args, { cwd: "/", timeout: 10 });
  return code === 0 ? stdout.trim() : "";
};

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

/**
 * Returns the addresses of Debian's mirror in apt's settings. Returns none if only apt's own proxy reaches the mirror,
 * because Slipway does not use that proxy.
 */
const debianHosts = async (): Promise<string[]> => {
  try {
    const { main, security } = machineMirror(pins.source.debian);
    const isDirect = Object.keys(await aptProxy()).length === 0 || process.env.http_proxy || process.env.HTTP_PROXY;
    return isDirect ? [main, ...(security === undefined ? [] : [security])] : [];
  } catch {
    return []; // apt or its mirror is missing, and make tools reports that
  }
};

/** Returns the addresses of the package registries that this machine's Go, npm and apt use. */
export const registryAddresses = (goProxy: string, npmRegistry: string, debian: readonly string[]): string[] =>
  [...goProxy.split(/[,|]/), npmRegistry, ...debian].map((text) => text.trim()).filter(isUrl);

/** Returns the address of the first proxy in Go's settings; Go's public proxy if the settings have none, or without Go. */
export const goProxyAddress = async (): Promise<string> => {
  const [first = "https://proxy.golang.org"] = registryAddresses(await printedBy("go", "env", "GOPROXY"), "", []);
  return first;
};

/** Returns the requests to the hosts that serve the tools of a route. */
export const hostsOfRoute = async (route: Route): Promise<HostQuestion[]> => {
  if (route === "release") return releaseProbes().map(fileQuestion);
  const [goProxy, npmRegistry, debian] = await Promise.all([
    printedBy("go", "env", "GOPROXY"),
    printedBy("npm", "config", "get", "registry"),
    debianHosts(),
  ]);
  return registryAddresses(goProxy, npmRegistry, debian).map(serviceQuestion);
};
