import { readdirSync, readFileSync } from "node:fs";

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
};

const numbers = (): number[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);

/** A process and its descendants, by number. */
export const familyOf = (root: number): number[] => {
  const children = new Map<number, number[]>();
  for (const pid of numbers()) {
    const parent = Number(
      read(`/proc/${pid}/stat`)
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
};

/** The command lines of other processes whose TMPDIR is a folder, or lies in it. */
export const processesWith = (folder: string): string[] =>
  numbers()
    .filter((pid) => pid !== process.pid)
    .filter((pid) =>
      read(`/proc/${pid}/environ`)
        .split("\0")
        .some((variable) => variable === `TMPDIR=${folder}` || variable.startsWith(`TMPDIR=${folder}/`)),
    )
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim().slice(0, 200)}`)
    .filter((line) => !/^\d+ $/.test(line)); // one that ended, and that nobody waited for
