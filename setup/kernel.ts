import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Runs a small program with a given PATH and gives what it printed, or why it failed. */
export const ask = (program: string, args: string[], path: string): Promise<{ text?: string; error: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, PATH: path };
    execFile(program, args, { timeout: 10_000, env }, (error, stdout, stderr) =>
      resolve(error ? { error: stderr.trim() || error.message } : { text: stdout.trim(), error: "" }),
    );
  });

/** The text of a file, or undefined. */
export const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** The hard limit of open files in /proc/self/limits. */
export const hardOpenFiles = (limits: string): number | undefined => {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  if (hard === undefined) return undefined;
  return hard === "unlimited" ? Infinity : Number(hard);
};

/** Networks of /proc/net/route, whose addresses are hexadecimal in the machine's byte order. */
export const readRoutes = (table: string): { network: string; device: string }[] =>
  table
    .trim()
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [device = "", destination = "", , , , , , mask = ""] = line.split(/\s+/);
      const address = (destination.match(/../g) ?? []).reverse().map((pair) => parseInt(pair, 16));
      const length = [...parseInt(mask, 16).toString(2)].filter((bit) => bit === "1").length;
      return length === 0 ? [] : [{ network: `${address.join(".")}/${length}`, device }];
    });

/** Whether the kernel has a feature, by its own configuration or its modules; undefined where it does not say. */
const hasFeature = async (option: string, module: string, path: string): Promise<boolean | undefined> => {
  try {
    const config = gunzipSync(readFileSync("/proc/config.gz")).toString();
    return new RegExp(`^${option}=[ym]$`, "m").test(config);
  } catch {
    // not every kernel shows its configuration
  }
  if (new RegExp(`^${module} `, "m").test(readText("/proc/modules") ?? "")) return true;
  const known = await ask("modprobe", ["--dry-run", module], path);
  if (known.text !== undefined) return true;
  return existsSync("/lib/modules") && /not found/i.test(known.error) ? false : undefined;
};

/** Features that Docker needs; those of which nothing can be known are left out. */
export const kernelFeatures = async (path: string): Promise<Record<string, boolean>> => {
  const overlay =
    /\boverlay$/m.test(readText("/proc/filesystems") ?? "") || (await hasFeature("CONFIG_OVERLAY_FS", "overlay", path));
  const bridge = existsSync("/sys/class/net/docker0/bridge") || (await hasFeature("CONFIG_BRIDGE", "bridge", path));
  const all = { overlay, bridge };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, boolean] => entry[1] !== undefined));
};
