import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../../lib/base/json";
import { clusterFields } from "../../lib/settings/schema/cluster";
import type { SettingKey } from "../../lib/settings/schema/stack";
import type { SettingValues } from "../../program/stackSettings";
import { readLab, type Stack } from "../../program/stack";
import { pick } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { asPropertyError, readInputs } from "./inputs";
import { recordClusters } from "./record";
import { componentOptions } from "./waitFor";

/** A request for a component that a Lab consists of. */
export interface PartRequest {
  readonly name: string;
  readonly inputs: pulumi.Inputs;
  readonly options: pulumi.ComponentResourceOptions;
  /** Options of resources beside the component. */
  readonly siblings: { readonly parent?: pulumi.Resource };
}

/** Where a part gets its settings, and what it creates of them. */
interface PartSource {
  /** Input with the settings of the component before it. @default - none */
  readonly from?: "management" | "cluster";
  /** Whether the settings have one workload cluster, from the inputs or from `from`; default: no. */
  readonly hasCluster?: boolean;
}

/** What a part knows before it creates a resource. */
interface ReadPart {
  readonly stack: Stack;
  readonly opts: pulumi.ComponentResourceOptions;
  /** Inputs that connect the part with other components. */
  readonly links: Properties;
  /** Settings for the components that use this one; secret if an input is secret. */
  readonly settings: pulumi.Input<Properties>;
}

/** Values that only the real run knows. */
const laterInputs = ["kubeconfig", "nodeId"];

/** Returns the settings of a part: those of the component before it, and its own settings. */
const settingsOf = (
  { config, secretKeys = [] }: SettingValues,
  keys: readonly SettingKey[],
  { from, hasCluster }: PartSource,
): SettingValues => {
  const inherited = from !== undefined && isRecord(config[from]) ? config[from] : {};
  const ownInputs = pick(config, keys);
  const entry = pick(config, Object.keys(clusterFields));
  const clusters = hasCluster && from !== "cluster" ? { clusters: [entry] } : {};
  return {
    config: { ...inherited, ...ownInputs, ...clusters },
    secretKeys:
      from !== undefined && secretKeys.includes(from) ? [...secretKeys, ...Object.keys(inherited)] : secretKeys,
  };
};

/** Converts an error to one with the paths of a part's inputs. Settings of the component before it have its path. */
const asPartError = (
  error: unknown,
  { config }: SettingValues,
  ownInputs: readonly string[],
  from: string | undefined,
): pulumi.InputPropertiesError => {
  const { message, errors } = asPropertyError(error, [...ownInputs, ...Object.keys(config)]);
  const pathOf = (path: string): string => {
    const short = path.replace(/^clusters\[0\]\./, "");
    return from === undefined || ownInputs.includes(short.split(/[.[]/)[0] ?? "") ? short : `${from}.${short}`;
  };
  return new pulumi.InputPropertiesError({
    message,
    errors: errors.map(({ propertyPath, reason }) => ({ propertyPath: pathOf(propertyPath), reason })),
  });
};

/**
 * Reads the settings of a part, and the machine.
 *
 * @throws InputPropertiesError with all invalid inputs, before any resource exists
 */
export const readPart = async (
  { inputs, options, siblings }: PartRequest,
  keys: readonly SettingKey[],
  source: PartSource,
): Promise<ReadPart> => {
  const { values } = await readInputs(inputs, laterInputs);
  const settings = settingsOf(values, keys, source);
  const choose = (all: Stack["settings"]): Stack["settings"] => (source.hasCluster ? all : { ...all, clusters: [] });
  const { stack, transformations } = await readLab(settings, choose).catch((error: unknown) => {
    const entryFields = source.hasCluster && source.from !== "cluster" ? Object.keys(clusterFields) : [];
    throw asPartError(error, settings, [...keys, ...entryFields], source.from);
  });
  if (!pulumi.runtime.isDryRun()) recordClusters(stack.settings);
  const shown = settings.config as Properties;
  return {
    stack: { ...stack, within: siblings },
    opts: await componentOptions(options, inputs, transformations),
    links: pick(values.config as Properties, ["lifetime", "identity"]),
    settings: (settings.secretKeys ?? []).length > 0 ? pulumi.secret(shown) : shown,
  };
};
