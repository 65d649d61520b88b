// A package with native parts has one optional package for each platform. If a registry mirror lacks some of the optional
// packages, npm leaves their entries out, and `npm ci` then refuses the lock file on all platforms. npm accepts entries
// without a checksum for packages that it did not fetch.

/** An entry of package-lock.json, with the fields that Slipway reads. */
export interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  cpu?: string[];
  os?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

/** Entries of package-lock.json by path. */
export type LockPackages = Record<string, LockEntry>;

const platform =
  /-(darwin|linux|win32|android|freebsd|netbsd|openbsd|openharmony|aix|sunos)-(arm64|arm|x64|ia32|ppc64|s390x|riscv64|loong64|mips64el)(?:-(\w+))?$/;

/** Returns an entry for each optional package that lacks one. */
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
