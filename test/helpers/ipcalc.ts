import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** What ipcalc says about one network. */
export interface IpcalcNetwork {
  network: string;
  hostMin: string;
  hostMax: string;
  broadcast: string;
}

/** Asks Debian's ipcalc about a network, or about each of its subnets of a longer prefix (at most 1000). */
export const ipcalc = (cidr: string, splitTo?: number): IpcalcNetwork[] => {
  const output = run(["-n", "-b", cidr, ...(splitTo === undefined ? [] : [String(splitTo)])]);
  const networks = fieldOf(output, "Network").map((network, index) => ({
    network,
    hostMin: fieldOf(output, "HostMin")[index] ?? "",
    hostMax: fieldOf(output, "HostMax")[index] ?? "",
    broadcast: fieldOf(output, "Broadcast")[index] ?? "",
  }));
  // With a split the first answer is the network itself.
  return splitTo === undefined ? networks : networks.slice(1);
};

const run = (args: string[]): string => {
  try {
    return execFileSync("ipcalc", args, {
      encoding: "utf8",
      env: { ...process.env, PERL5LIB: join(__dirname, "ipcalc") },
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error("these tests compare with Debian's ipcalc, which is not installed: apt-get install ipcalc");
  }
};

const fieldOf = (output: string, field: string): string[] =>
  [...output.matchAll(new RegExp(`^${field}:\\s+(\\S+)`, "gm"))].map((match) => match[1] ?? "");
