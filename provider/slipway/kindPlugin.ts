import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../../lib/base/errors";
import { versionToken } from "../plugin/server";
import { packageVersion } from "./schema";

/** Returns the version that the engine's plugin kind answers. Its earliest versions have no such function. */
const askVersion = async (provider: pulumi.ProviderResource | undefined): Promise<string> => {
  const answer = pulumi.runtime.invoke(versionToken("kind"), {}, provider ? { provider } : {}) as Promise<unknown>;
  const { version } = (await answer.catch((error: unknown) => {
    if (messageOf(error).includes("has no function")) return { version: "an earlier version" };
    throw error;
  })) as { version: string };
  return version;
};

/**
 * Checks that the plugin kind comes from the same version of the package. A component of this plugin creates resources
 * that the plugin kind implements.
 *
 * @param options - options of the component, which may name a provider for kind
 * @throws Error if the engine runs a plugin kind of another version, also at preview
 */
export const requireKindPlugin = async ({ providers }: pulumi.ComponentResourceOptions): Promise<void> => {
  const named = Array.isArray(providers) ? undefined : providers?.["kind"];
  const version = await askVersion(named);
  if (version === packageVersion) return;
  throw new Error(
    `plugin kind: expected version ${packageVersion}, as the plugin slipway has, got ${version}. ` +
      "Name the folder provider/kind of the same package in Pulumi.yaml.",
  );
};
