import { processesWith, processNumbers, parentOf } from "../../../system/processes";

/** A process and its descendants, by number. */
export const familyOf = (root: number): number[] => {
  const children = new Map<number, number[]>();
  for (const pid of processNumbers()) {
    const parent = parentOf(pid);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
};

/** The command lines of other processes whose TMPDIR is a folder, or is inside it. */
export const commandsIn = (folder: string): string[] =>
  processesWith((environment) =>
    environment.some((variable) => variable === `TMPDIR=${folder}` || variable.startsWith(`TMPDIR=${folder}/`)),
  )
    .filter(({ pid, command }) => pid !== process.pid && command !== "") // one that ended, and that nobody waited for
    .map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`);
