import { pins, type Route } from "../../lib/versions/pins";
import type { NeededSource } from "../../preflight/sources/stackSources";
import { goProxyAddress } from "./hosts";
import { officialBases, platformOf, releaseFiles } from "./release/files";
import { goGroups } from "./source/goGroups";

const file = (part: string, location: string): NeededSource => ({ type: "file", location, part });

const releaseSources = (): NeededSource[] =>
  releaseFiles(platformOf()).flatMap(({ name, base, path, checksums }) =>
    [path, ...(checksums === undefined ? [] : [checksums])].map((one) =>
      file(`tool ${name}`, `${officialBases[base]}/${one}`),
    ),
  );

/** Returns a module path or version as Go's proxy protocol writes it: an upper-case letter becomes `!` and lower case. */
const escaped = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);

const moduleSources = (proxy: string): NeededSource[] =>
  goGroups.flatMap(({ name, like, requires }) =>
    [like, ...Object.entries(requires).map(([path, version]) => `${path}@${version}`)].map((module) => {
      const at = module.lastIndexOf("@");
      const [path, version] = [module.slice(0, at), module.slice(at + 1)];
      return file(`tools of group ${name}`, `${proxy.replace(/\/$/, "")}/${escaped(path)}/@v/${escaped(version)}.zip`);
    }),
  );

/**
 * Returns the files that a route's tools are made of. On the source route these are the modules that pins.json names, and
 * Debian's list of packages; the modules and packages that they depend on come from the same hosts.
 *
 * @param goProxy address of Go's proxy; default: that of Go's settings
 */
export const toolSources = async (route: Route, goProxy?: string): Promise<NeededSource[]> => {
  if (route === "release") return releaseSources();
  const { debian } = pins.source;
  return [
    ...moduleSources(goProxy ?? (await goProxyAddress())),
    file("images of the source route", `https://deb.debian.org/debian/dists/${debian}/InRelease`),
  ];
};
