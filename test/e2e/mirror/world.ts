import releases from "../../cli/toolchain/release/fixtures/releases.json";
import { check, type Result } from "../harness";
import type { Mirror } from "./server";
import type { Stranger } from "./stranger";

/** What the steps work with. */
export interface World {
  mirror: Mirror;
  stranger: Stranger;
  /** Paths of what the mirror serves, by official address. */
  files: ReadonlyMap<string, string>;
}

/** Returns the addresses of what the mirror serves that end with a text; there is at least one. */
export const addresses = ({ files }: World, end: string): string[] => {
  const matches = [...files.keys()].filter((url) => url.endsWith(end));
  check(matches.length > 0, `the mirror to serve something that ends with ${end}`);
  return matches;
};

/** Returns the address of the file of a release whose name starts with a text, for this platform. */
export const addressOf = ({ files }: World, release: string, start = ""): string => {
  const address = releases.find(({ name }) => name === release)?.address ?? "";
  const match = [...files.keys()].find((url) => url.startsWith(`${address}/${start}`));
  check(address !== "" && match !== undefined, `${release} to have a file ${start}…`);
  return match ?? "";
};

/** All that a command printed. */
export const textOf = ({ stdout, stderr }: Result): string => `${stdout}${stderr}`;

/** Throws where a command ended in another way, with what it printed. */
export const checkEnd = (result: Result, succeeds: boolean, claim: string): void =>
  check((result.code === 0) === succeeds, `${claim}, got exit code ${result.code}\n${textOf(result)}`);
