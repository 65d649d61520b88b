import { readFileSync, writeFileSync } from "node:fs";

/** Makes a stack file for a test out of another one, without the salt that ties that one to its own passphrase. */
export const copyStackFile = (from: string, to: string): void => {
  const lines = readFileSync(from, "utf8").split("\n");
  writeFileSync(to, lines.filter((line) => !line.startsWith("encryptionsalt:")).join("\n"));
};
