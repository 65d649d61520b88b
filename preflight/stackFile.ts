import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProblemError } from "../lib/base/problem";
import { decodeText } from "../lib/base/textFile";
import { readYaml } from "../lib/kubernetes/yaml";
import { readSettings } from "../lib/settings/settings";
import type { Settings } from "../lib/settings/types";
import { pins, type Route } from "../lib/versions/pins";
import { installedRoute } from "./installedRoute";

/** Default stack of each route, without the variable STACK. */
export const defaultStack: Record<Route, string> = { release: "dev", source: "offline" };

/** Returns the name of the stack to work on: the variable STACK, or the default of the route. */
export const stackName = (route: Route, env: NodeJS.ProcessEnv = process.env): string =>
  env.STACK || defaultStack[route];

/** Returns the path of a stack's settings file. */
export const stackFile = (checkout: string, stack: string): string => join(checkout, `Pulumi.${stack}.yaml`);

/**
 * Reads the settings of a stack from its file without Pulumi, and fills in defaults. Returns the problems of wrong
 * settings as text.
 *
 * @param route route of the tools; default: the installed route
 */
export const readStackFile = (
  checkout: string,
  stack: string,
  route = installedRoute(checkout),
): { settings?: Settings; problems?: string } => {
  const file = stackFile(checkout, stack);
  try {
    const config = existsSync(file) ? slipwayKeys(decodeText(readFileSync(file)), file) : {};
    return { settings: readSettings({ config, pins, route }) };
  } catch (error) {
    if (error instanceof ProblemError) return { problems: error.message };
    throw error;
  }
};

const slipwayKeys = (text: string, file: string): Record<string, unknown> => {
  const [document] = readYaml(text, file) as { config?: Record<string, unknown> }[];
  return Object.fromEntries(
    Object.entries(document?.config ?? {}).flatMap(([key, value]) =>
      key.startsWith("slipway:") ? [[key.slice("slipway:".length), value] as const] : [],
    ),
  );
};
