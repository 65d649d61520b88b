import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Route } from "../../../lib/versions/pins";

const gigabyte = 1e9;

/** Weight of each artifact in the disk space of a route: its measured build time in seconds on two cores. */
const coldSeconds: Record<string, number> = {
  "go-kubernetes-plugin": 550,
  "go-kubernetes": 508,
  "go-cluster-api": 260,
  "go-docker-plugin": 216,
  "go-pulumi": 205,
  "go-calico": 197,
  "go-metallb": 174,
  "go-coredns": 119,
  "go-cert-manager": 72,
  "go-flannel": 85,
  "image-node-base": 90,
  "debian-rootfs": 60,
  "go-etcd": 31,
  "go-language-host": 23,
  "go-kind": 7,
};
const otherSeconds: Record<Route, number> = { release: 15, source: 25 };

/** Returns the weight of an artifact. Another Kubernetes release has the weight of the pinned release. */
const coldSecondsOf = (name: string, route: Route): number =>
  coldSeconds[name.replace(/-\d+\.\d+$/, "")] ?? otherSeconds[route];

/** Folders that a route writes to. */
export interface Places {
  /** Slipway's cache folder. */
  cache: string;
  /** Go's module cache, Go's build cache and Docker's folder; only the source route writes to them. */
  goModules?: string;
  goBuild?: string;
  docker?: string;
}

/** Gigabytes that a route needs in each folder with an empty cache. */
const coldGigabytes: Record<Route, Required<{ [key in keyof Places]: number }>> = {
  release: { cache: 3, goModules: 0, goBuild: 0, docker: 0 },
  source: { cache: 5, goModules: 9, goBuild: 15, docker: 6 },
};

/** A file system with its free and required bytes. */
export interface Volume {
  folders: string[];
  free: number;
  needed: number;
}

/** Returns the nearest existing parent of a path. */
const nearest = (path: string): string => {
  try {
    statSync(path);
    return path;
  } catch {
    return dirname(path) === path ? path : nearest(dirname(path));
  }
};

/** Adds up the required bytes of each file system; `share` is the missing part of the route's work (0 to 1). */
export const volumesFor = (route: Route, places: Places, share: number): Volume[] => {
  const volumes = new Map<number, Volume>();
  for (const key of ["cache", "goModules", "goBuild", "docker"] as const) {
    const folder = places[key];
    const needed = coldGigabytes[route][key] * share * gigabyte;
    if (folder === undefined || needed === 0) continue;
    const real = nearest(folder);
    const { dev } = statSync(real);
    const { bavail, bsize } = statfsSync(real);
    const volume = volumes.get(dev) ?? { folders: [], free: bavail * bsize, needed: 0 };
    volume.folders.push(folder);
    volume.needed += needed;
    volumes.set(dev, volume);
  }
  return [...volumes.values()];
};

/**
 * Checks that each file system has enough free bytes.
 *
 * @throws if a build would fill the disk
 */
export const checkSpace = (volumes: Volume[]): void => {
  const gb = (bytes: number): string => (bytes / gigabyte).toFixed(1);
  for (const { folders, free, needed } of volumes) {
    if (free < needed) {
      throw new Error(
        `not enough disk: expected ${gb(needed)} GB free for ${folders.join(", ")}, got ${gb(free)} GB. ` +
          "Free disk space, or move the cache with SLIPWAY_CACHE (Go's caches with GOMODCACHE and GOCACHE).",
      );
    }
  }
};

/**
 * Returns about how many minutes artifacts take on two cores. A long build keeps both cores busy alone; many builds share
 * the cores.
 */
export const minutesFor = (names: readonly string[], route: Route): number => {
  const seconds = names.map((name) => coldSecondsOf(name, route));
  const total = seconds.reduce((before, each) => before + each, 0);
  return Math.round(Math.max(total / 2, Math.min(total, Math.max(0, ...seconds) * 1.5)) / 60);
};

/** Returns the weighted part of a route's work that is missing, from 0 to 1. */
export const missingShare = (route: Route, missing: string[], all: string[]): number => {
  const weight = (names: string[]): number => names.reduce((total, name) => total + coldSecondsOf(name, route), 0);
  return all.length === 0 ? 0 : Math.min(1, weight(missing) / weight(all));
};
