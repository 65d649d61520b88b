import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, type Log } from "../../../../system/exec";
import { lastingTemporary } from "../../../../system/temporary";

/** Sources of Debian packages on this machine. */
export interface DebianMirror {
  main: string;
  /** Address of the security archive; absent if the machine does not use it. */
  security?: string;
}

interface AptSource {
  uri: string;
  suite: string;
  components: string[];
}

/** Parses the binary-package sources in a classic list file. */
const classicSources = (text: string): AptSource[] =>
  text
    .split("\n")
    .map((line) =>
      line
        .replace(/#.*/, "")
        .replace(/\[[^\]]*\]/, "")
        .trim()
        .split(/\s+/),
    )
    .filter((words) => words[0] === "deb" && words.length >= 4)
    .map(([, uri, suite, ...components]) => ({ uri: uri!, suite: suite!, components }));

/** Parses the binary-package sources in a deb822 file. A line that starts with a blank continues a field. */
const deb822Sources = (text: string): AptSource[] =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const words = (field: string): string[] => {
        const match = new RegExp(`^${field}:((?:.*)(?:\\n[ \\t].*)*)`, "im").exec(stanza);
        return (match?.[1] ?? "").split(/\s+/).filter(Boolean);
      };
      if (words("Enabled")[0]?.toLowerCase() === "no" || !words("Types").includes("deb")) return [];
      const components = words("Components");
      return words("URIs").flatMap((uri) => words("Suites").map((suite) => ({ uri, suite, components })));
    });

/**
 * Returns Debian's archive from apt's source files (name to text). `suites` are tried in order: first the required release,
 * then the machine's release, whose mirror serves every release.
 */
export const debianMirror = (files: Record<string, string>, suites: string[]): DebianMirror | undefined => {
  const sources = Object.entries(files)
    .flatMap(([name, text]) => (name.endsWith(".sources") ? deb822Sources(text) : classicSources(text)))
    .filter((source) => /^https?:/.test(source.uri) && source.components.includes("main"));
  const serving = (suite: string): string | undefined => sources.find((source) => source.suite === suite)?.uri;
  for (const suite of suites) {
    const main = serving(suite);
    if (main !== undefined) return { main, security: serving(`${suite}-security`) };
  }
  return undefined;
};

/** Returns the Debian mirror in this machine's apt settings, because Slipway contains no address of a mirror. */
export const machineMirror = (release: string): DebianMirror => {
  const folder = "/etc/apt/sources.list.d";
  const names = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const paths = ["/etc/apt/sources.list", ...names].filter(
    (path) => existsSync(path) && /\.(list|sources)$/.test(path),
  );
  const system = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const machineRelease = /^ID=debian$/m.test(system) ? /^VERSION_CODENAME=(\w+)$/m.exec(system)?.[1] : undefined;
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(path, "utf8")]));
  const mirror = debianMirror(files, machineRelease === undefined ? [release] : [release, machineRelease]);
  if (mirror) return mirror;
  throw new Error(
    `apt sources: expected component main of ${release}${machineRelease === undefined ? "" : ` or ${machineRelease}`} over http(s), ` +
      `got none in ${paths.join(", ") || "/etc/apt"}. Add a source, for example /etc/apt/sources.list.d/${release}.list.`,
  );
};

/** Returns the proxy of this machine's apt as the variable that debootstrap and apt in a container read. */
export const aptProxy = async (): Promise<Record<string, string>> => {
  const set = process.env.http_proxy ?? process.env.HTTP_PROXY;
  if (set) return { http_proxy: set };
  const text = await run("apt-config", ["dump", "--format", "%v", "Acquire::http::Proxy"]);
  return /^https?:/.test(text.trim()) ? { http_proxy: text.trim() } : {};
};

const installed = async (name: string): Promise<boolean> => {
  const status = await run("dpkg-query", ["-W", "-f", "${db:Status-Status}", name]).catch(() => "");
  return status === "installed";
};

const install = async (packages: string[], log: Log): Promise<void> => {
  const states = await Promise.all(packages.map(installed));
  const missing = packages.filter((_, index) => !states[index]);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(
      `packages: expected ${missing.join(", ")}, and only root can install them. Run apt-get install ${missing.join(" ")}.`,
    );
  }
  const env = { DEBIAN_FRONTEND: "noninteractive", ...lastingTemporary }; // packages may start their daemons
  const apt = (...args: string[]) => run("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args], { env, log });
  const get = () => apt("install", "--yes", "--no-install-recommends", ...missing);
  // Missing or outdated package lists are the usual cause of a failure, so they are updated only then.
  await get().catch(async (error: Error) => {
    log(`${error.message}\n`);
    await apt("update");
    await get();
  });
};

let queue: Promise<void> = Promise.resolve();

/** Installs missing Debian packages. Calls run one after another, because apt has one lock. */
export const aptInstall = (packages: string[], log: Log): Promise<void> => {
  const turn = queue.then(() => install(packages, log));
  queue = turn.catch(() => undefined);
  return turn;
};
