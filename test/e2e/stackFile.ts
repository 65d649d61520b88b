import { readFileSync } from "node:fs";
import { dump, load } from "js-yaml";
import type { Route } from "../../lib/versions/pins";

/** Settings by key, without `slipway:`; undefined takes a key out. */
export type StackSettings = Readonly<Record<string, unknown>>;

/** The stack file that a scenario names, or what the source route has in its place. */
export const baseFile = (base: string, route: Route): string =>
  `Pulumi.${base === "dev" && route === "source" ? "offline" : base}.yaml`;

/** What the examples say for the source route only; on the release route the defaults pull everything. */
const ofSourceRoute = /^slipway:(pins|imageSource|capdImageSource|extraImages|\w+Manifest)$/;

/** The text of a stack file with other settings, for a route. */
export const deriveStackFile = (text: string, route: Route, changes: StackSettings): string => {
  const { config } = load(text) as { config: Record<string, unknown> };
  const kept = Object.entries(config).filter(([key]) => route === "source" || !ofSourceRoute.test(key));
  const changed = Object.entries(changes).map(([key, value]) => [`slipway:${key}`, value] as const);
  const all = Object.entries({ ...Object.fromEntries(kept), ...Object.fromEntries(changed) });
  return dump({ config: Object.fromEntries(all.filter(([, value]) => value !== undefined)) }, { lineWidth: -1 });
};

/** The settings of a checked-in stack file, without `slipway:`. */
export const stackSettings = (name: string): Record<string, unknown> => {
  const { config } = load(readFileSync(`Pulumi.${name}.yaml`, "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("slipway:") ? [[key.slice("slipway:".length), value] as const] : [],
    ),
  );
};
