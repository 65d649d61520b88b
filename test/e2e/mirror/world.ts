import releases from "../../cli/toolchain/release/fixtures/releases.json";
import { check, type Result } from "../harness";
import type { Mirror } from "./server";
import type { Stranger } from "./stranger";

/** Servers, clone and files that the steps use. */
export interface World {
  mirror: Mirror;
  stranger: Stranger;
  /** Paths of the files that the mirror serves, by official address. */
  files: ReadonlyMap<string, string>;
}

/** Returns the addresses of files in the mirror that end with a text. Throws if no address does. */
export const addresses = ({ files }: World, end: string): string[] => {
  const matches = [...files.keys()].filter((url) => url.endsWith(end));
  check(matches.length > 0, `the mirror to have an address that ends with ${end}`);
  return matches;
};

/** Returns the address of a release's file whose name starts with a text, for this platform. */
export const addressOf = ({ files }: World, release: string, start = ""): string => {
  const address = releases.find(({ name }) => name === release)?.address ?? "";
  const match = [...files.keys()].find((url) => url.startsWith(`${address}/${start}`));
  check(address !== "" && match !== undefined, `${release} to have a file ${start}…`);
  return match ?? "";
};

/** Returns the output of a command, including standard error. */
export const textOf = ({ stdout, stderr }: Result): string => `${stdout}${stderr}`;

/** Throws an error with the output if a command did not succeed or fail as expected. */
export const checkEnd = (result: Result, succeeds: boolean, claim: string): void =>
  check((result.code === 0) === succeeds, `${claim}, got exit code ${result.code}\n${textOf(result)}`);
