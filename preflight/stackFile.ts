import { basename, join } from "node:path";
import { ProblemError, refuse } from "../lib/base/problem";
import { projectConfig, readSettings } from "../lib/settings/settings";
import { readStackConfig, type StackConfig } from "../lib/settings/stackConfig";
import type { Settings } from "../lib/settings/types";
import { pins, type Route } from "../lib/versions/pins";
import { inspectFile, readRegularFile } from "../system/regularFile";
import { installedRoute } from "./installedRoute";

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
  if ("bytes" in reading) return reading.bytes.toString("utf8");
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

/** Settings of a stack, or the problems of wrong settings as text. */
export interface StackFileReading {
  settings?: Settings;
  problems?: string;
}

/** The last reading and its input. One command asks several times, and the check of many clusters takes a while. */
let last: { input: string; reading: StackFileReading } | undefined;

/**
 * Reads the settings of a stack from its file without Pulumi, and fills in defaults. Encrypted settings keep their
 * defaults, because only Pulumi can read their values.
 *
 * @param route route of the tools; default: the installed route
 */
export const readStackFile = (checkout: string, stack: string, route = installedRoute(checkout)): StackFileReading => {
  try {
    const file = stackFile(checkout, stack);
    const text = readText(file);
    const input = JSON.stringify([file, route, text]);
    if (last?.input !== input) last = { input, reading: readSettingsOf(text, basename(file), route) };
    return last.reading;
  } catch (error) {
    return problemsIn(error);
  }
};

const readSettingsOf = (text: string, file: string, route: Route): StackFileReading => {
  try {
    return { settings: readSettings({ config: projectConfig(readStackConfig(text, file).values), pins, route }) };
  } catch (error) {
    return problemsIn(error);
  }
};

const problemsIn = (error: unknown): StackFileReading => {
  if (error instanceof ProblemError) return { problems: error.message };
  throw error;
};
