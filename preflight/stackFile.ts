import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ownerOf } from "../lib/base/labels";
import { ProblemError } from "../lib/base/problem";
import { readYaml } from "../lib/kubernetes/yaml";
import type { StateNetwork } from "../lib/network/stateNetwork";
import type { SettingsSource } from "../lib/settings/settings";
import { type PlacedSettings, placeStack, unknownMachine } from "../lib/settings/stackNetwork";
import { pins, type Route } from "../lib/versions/pins";
import { installedRoute } from "./installedRoute";
import { placeOnMachine } from "./stackNetwork";

/** Default stack of each route, without the variable STACK. */
export const defaultStack: Record<Route, string> = { release: "dev", source: "offline" };

/** Returns the name of the stack to work on: the variable STACK, or the default of the route. */
export const stackName = (route: Route, env: NodeJS.ProcessEnv = process.env): string =>
  env.STACK || defaultStack[route];

/** Returns the path of a stack's settings file. */
export const stackFile = (checkout: string, stack: string): string => join(checkout, `Pulumi.${stack}.yaml`);

/** Settings of a stack's file, or the problems of wrong settings as text. */
export type StackFileReading = Partial<PlacedSettings> & { readonly problems?: string };

/**
 * Reads the settings of a stack from its file without Pulumi, and fills in defaults. The Docker network is that of a
 * machine without other networks.
 *
 * @param route route of the tools; default: the installed route
 */
export const readStackFile = (checkout: string, stack: string, route = installedRoute(checkout)): StackFileReading => {
  try {
    return placeStack(sourceOf(checkout, stack, route), ownerOf(stack), unknownMachine);
  } catch (error) {
    return problemsOf(error);
  }
};

/**
 * Reads the settings of a stack from its file, with the Docker network that the stack has or gets on this machine.
 *
 * @param readState reads the Docker network of the stack's state
 */
export const placeStackFile = async (
  checkout: string,
  stack: string,
  route: Route,
  readState: () => Promise<StateNetwork | undefined>,
): Promise<StackFileReading> => {
  try {
    return await placeOnMachine(sourceOf(checkout, stack, route), ownerOf(stack), { readState });
  } catch (error) {
    return problemsOf(error);
  }
};

const sourceOf = (checkout: string, stack: string, route: Route): SettingsSource => {
  const file = stackFile(checkout, stack);
  return { config: existsSync(file) ? slipwayKeys(readFileSync(file, "utf8"), file) : {}, pins, route };
};

const problemsOf = (error: unknown): StackFileReading => {
  if (error instanceof ProblemError) return { problems: error.message };
  throw error;
};

const slipwayKeys = (text: string, file: string): Record<string, unknown> => {
  const [document] = readYaml(text, file) as { config?: Record<string, unknown> }[];
  return Object.fromEntries(
    Object.entries(document?.config ?? {}).flatMap(([key, value]) =>
      key.startsWith("slipway:") ? [[key.slice("slipway:".length), value] as const] : [],
    ),
  );
};
