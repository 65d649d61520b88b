// Packages with native parts name one optional package for each platform; a registry mirror that has only some of them
// makes npm leave the others out, and `npm ci` then refuses the lock file everywhere. Entries without a sum are what npm
// itself accepts for packages it did not fetch.

/** An entry of package-lock.json, as far as it matters here. */
export interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  cpu?: string[];
  os?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

/** The entries of package-lock.json, by path. */
export type LockPackages = Record<string, LockEntry>;

const platform =
  /-(darwin|linux|win32|android|freebsd|netbsd|openbsd|openharmony|aix|sunos)-(arm64|arm|x64|ia32|ppc64|s390x|riscv64|loong64|mips64el)(?:-(\w+))?$/;

/** Optional packages that are named but have no entry, with the entry they need. */
export const missingOptional = (packages: LockPackages): LockPackages => {
  const has = (name: string): boolean => Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`));
  const missing: LockPackages = {};
  for (const { dev, optionalDependencies } of Object.values(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies ?? {})) {
      const [, os, cpu, abi = ""] = platform.exec(name) ?? [];
      if (has(name) || os === undefined || cpu === undefined) continue;
      const libc = abi.startsWith("musl") ? "musl" : abi === "gnu" ? "glibc" : undefined;
      missing[`node_modules/${name}`] = {
        version: range.replace(/^[~^]/, ""),
        cpu: [cpu],
        ...(dev ? { dev } : {}),
        ...(libc ? { libc: [libc] } : {}),
        optional: true,
        os: [os],
      };
    }
  }
  return missing;
};
