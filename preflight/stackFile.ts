import { basename, join, resolve } from "node:path";
import { ownerOf } from "../lib/base/labels";
import { ProblemError, refuse } from "../lib/base/problem";
import { decodeText } from "../lib/base/textFile";
import type { StateNetwork } from "../lib/network/stateNetwork";
import { projectConfig, type SettingsSource } from "../lib/settings/settings";
import { templateLocations } from "../lib/settings/schema/entries";
import { readStackConfig, type StackConfig } from "../lib/settings/stackConfig";
import { type PlacedSettings, placeStack, unknownMachine } from "../lib/settings/stackNetwork";
import { pins, type Route } from "../lib/versions/pins";
import { inspectFile, readRegularFile } from "../system/regularFile";
import { trustCaBundle } from "./images/caBundle";
import { installedRoute } from "./installedRoute";
import { isUrl } from "./manifests/lock";
import { loadTemplates, storedTemplates } from "./manifests/templates";
import { placeOnMachine } from "./stackNetwork";

/** Default stack of each route, without the variable STACK. */
export const defaultStack: Record<Route, string> = { release: "dev", source: "offline" };

/** Returns the name of the stack to work on: the variable STACK, or the default of the route. */
export const stackName = (route: Route, env: NodeJS.ProcessEnv = process.env): string =>
  env.STACK || defaultStack[route];

/** Returns the path of a stack's settings file. */
export const stackFile = (checkout: string, stack: string): string => join(checkout, `Pulumi.${stack}.yaml`);

/** Returns the text of a stack's settings file; empty if the file does not exist. */
const readText = (file: string): string => {
  if (!inspectFile(file).exists) return "";
  const reading = readRegularFile(file);
  if ("bytes" in reading) return decodeText(reading.bytes);
  return refuse({
    key: basename(file),
    rule: "a file that can be read",
    got: reading.fault,
    remedy: "Correct the file",
  });
};

/**
 * Reads the configuration in a stack's settings file; a missing file has no keys.
 *
 * @throws ProblemError for a file that cannot be read, or is not a stack file
 */
export const readStackFileConfig = (checkout: string, stack: string): StackConfig => {
  const file = stackFile(checkout, stack);
  return readStackConfig(readText(file), basename(file));
};

/** Settings of a stack's file, or the problems of wrong settings as text. */
export type StackFileReading = Partial<PlacedSettings> & { readonly problems?: string };

/** The last reading and its input. One command asks several times, and the check of many clusters takes a while. */
let last: { input: string; reading: StackFileReading } | undefined;

/**
 * Reads the settings of a stack from its file without Pulumi, and fills in defaults. Encrypted settings keep their
 * defaults, because only Pulumi can read their values. The Docker network is that of a machine without other networks.
 *
 * @param route route of the tools; default: the installed route
 */
export const readStackFile = (checkout: string, stack: string, route = installedRoute(checkout)): StackFileReading => {
  try {
    const source = sourceOf(readText(stackFile(checkout, stack)), checkout, stack, route);
    const input = JSON.stringify([checkout, stack, route, source.config, [...(source.templates ?? [])]]);
    if (last?.input !== input) last = { input, reading: readSettingsOf(source, stack) };
    return last.reading;
  } catch (error) {
    return problemsIn(error);
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
    const source = sourceOf(readText(stackFile(checkout, stack)), checkout, stack, route);
    return await placeOnMachine(source, ownerOf(stack), { readState });
  } catch (error) {
    return problemsIn(error);
  }
};

/**
 * Downloads the templates that a stack's file names by URL, once. Later readings of the file then know which clusters run in
 * Docker. The program reports templates that cannot be read.
 */
export const fetchTemplates = async (checkout: string, stack: string): Promise<void> => {
  try {
    const config = configOf(readText(stackFile(checkout, stack)), stack);
    const stored = storedTemplates(config, checkout);
    if (templateLocations(config).some((location) => isUrl(location) && !stored.has(location)))
      await loadTemplates(config);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
};

/** Makes requests of this process trust the authorities that a stack's file names. Wrong files have no effect here. */
export const trustStackAuthorities = (checkout: string, stack: string): void => {
  try {
    const { caBundle } = configOf(readText(stackFile(checkout, stack)), stack);
    trustCaBundle(caBundle ? resolve(checkout, caBundle) : "");
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
};

const configOf = (text: string, stack: string): Record<string, string> =>
  projectConfig(readStackConfig(text, basename(stackFile("", stack))).values);

const sourceOf = (text: string, checkout: string, stack: string, route: Route): SettingsSource => {
  const config = configOf(text, stack);
  return { config, pins, route, templates: storedTemplates(config, checkout) };
};

const readSettingsOf = (source: SettingsSource, stack: string): StackFileReading => {
  try {
    return placeStack(source, ownerOf(stack), unknownMachine);
  } catch (error) {
    return problemsIn(error);
  }
};

const problemsIn = (error: unknown): StackFileReading => {
  if (error instanceof ProblemError) return { problems: error.message };
  throw error;
};
