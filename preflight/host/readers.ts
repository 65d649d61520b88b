import { readFileSync } from "node:fs";
import { complaintOf, exec } from "../../system/exec";

/** Keeps tools from asking the internet for a newer version. clusterctl waits a minute if nobody answers. */
const noUpdateCheck = { PULUMI_SKIP_UPDATE_CHECK: "true", CLUSTERCTL_DISABLE_VERSIONCHECK: "true" };

/** Runs a program with the given PATH for at most 10 seconds. Returns its output, or the reason of its failure. */
export const readOutput = async (
  program: string,
  args: string[],
  path: string,
): Promise<{ text?: string; error: string }> => {
  const result = await exec(program, args, { timeout: 10, env: { ...noUpdateCheck, PATH: path } });
  return result.code === 0 ? { text: result.stdout.trim(), error: "" } : { error: complaintOf(result) };
};

/** Returns the text of a file; undefined if the file cannot be read. */
export const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** Returns the whole number in a file; undefined if the file has none. */
export const readNumber = (path: string): number | undefined => {
  const text = readText(path)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};
