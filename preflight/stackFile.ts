import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProblemError } from "../lib/base/problem";
import { readYaml } from "../lib/kubernetes/yaml";
import { readSettings } from "../lib/settings/settings";
import type { Settings } from "../lib/settings/types";
import { pins, type Route } from "../lib/versions/pins";

/** The stack a route uses unless STACK names one. */
export const defaultStack: Record<Route, string> = { release: "dev", source: "offline" };

/** The settings file of a stack. */
export const stackFile = (checkout: string, stack: string): string => join(checkout, `Pulumi.${stack}.yaml`);

/** The settings of a stack file without Pulumi, defaults filled in; or what is wrong about it, as text. */
export const readStackFile = (file: string): { settings?: Settings; problems?: string } => {
  try {
    return {
      settings: readSettings({ config: existsSync(file) ? ownKeys(readFileSync(file, "utf8"), file) : {}, pins }),
    };
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
