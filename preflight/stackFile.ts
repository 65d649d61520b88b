import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProblemError } from "../lib/base/problem";
import { readYaml } from "../lib/kubernetes/yaml";
import { readSettings } from "../lib/settings/settings";
import type { Settings } from "../lib/settings/types";
import { pins, type Route } from "../lib/versions/pins";
import { installedRoute } from "./installedRoute";

/** The stack a route uses unless STACK names one. */
export const defaultStack: Record<Route, string> = { release: "dev", source: "offline" };

/** The settings file of a stack. */
export const stackFile = (checkout: string, stack: string): string => join(checkout, `Pulumi.${stack}.yaml`);

/**
 * Reads the settings of a stack from its file, without Pulumi, defaults filled in; or says as text what is wrong.
 *
 * @param route the route whose tools are to be used; default: the one whose tools the checkout has
 */
export const readStackFile = (
  checkout: string,
  stack: string,
  route = installedRoute(checkout),
): { settings?: Settings; problems?: string } => {
  const file = stackFile(checkout, stack);
  try {
    const config = existsSync(file) ? ownKeys(readFileSync(file, "utf8"), file) : {};
    return { settings: readSettings({ config, pins, route }) };
  } catch (error) {
    if (error instanceof ProblemError) return { problems: error.message };
    throw error;
  }
};

const ownKeys = (text: string, file: string): Record<string, unknown> => {
  const [document] = readYaml(text, file) as { config?: Record<string, unknown> }[];
  return Object.fromEntries(
    Object.entries(document?.config ?? {}).flatMap(([key, value]) =>
      key.startsWith("slipway:") ? [[key.slice("slipway:".length), value] as const] : [],
    ),
  );
};
