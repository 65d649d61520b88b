import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bashScript } from "../../../cli/commandLine/completion/bash";
import { zshScript } from "../../../cli/commandLine/completion/zsh";
import type { CommandDefinition } from "../../../cli/commandLine/definition";
import { commands } from "../../../cli/commands";

/** A command that hands its arguments to another program. */
const passing: CommandDefinition = {
  name: "passing",
  summary: "it's [for] tests: passes arguments",
  usesStack: true,
  arguments: [{ name: "CLUSTER", summary: "a cluster", completes: "clusters" }],
  passesThrough: true,
  examples: [],
  load: () => Promise.reject(new Error("completion loads no command")),
};
const definitions = [...commands, passing];
const defaults = { release: "dev", source: "offline" };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway completion-"));
  const kubeconfigs = join(folder, ".slipway", "kubeconfigs");
  for (const path of ["scripts", "bin", "sub", ".slipway/kubeconfigs/offline", ".slipway/kubeconfigs/fleet"])
    mkdirSync(join(folder, path), { recursive: true });
  for (const file of [
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
    "Pulumi.offline.yaml",
    "Pulumi.fleet.yaml",
    "plans.json",
    "sub/deep.json",
  ])
    writeFileSync(join(folder, file), "");
  for (const file of ["offline/capd", "offline/management", "fleet/edge"])
    writeFileSync(join(kubeconfigs, `${file}.yaml`), "");
  writeFileSync(join(folder, ".slipway", "route"), "source\nno internet\n");
  // Replaces the real program and prints the arguments from the shell.
  writeFileSync(join(folder, "scripts", "slipway"), '#!/bin/sh\nprintf "RAN<"; printf "%s|" "$@"; echo ">"\n');
  chmodSync(join(folder, "scripts", "slipway"), 0o755);
  symlinkSync("../scripts/slipway", join(folder, "bin", "slipway"));
  writeFileSync(join(folder, "bash.sh"), bashScript(definitions, defaults));
  writeFileSync(join(folder, "zsh.sh"), zshScript(definitions, defaults));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shells = {
  bash: { command: "bash --norc --noprofile -i", start: "bind 'set bell-style none'" },
  zsh: { command: "zsh -f -i", start: "autoload -U compinit; compinit -u -D" },
};

/** Lines as a user types them before the tab key, and the arguments that the program then gets. */
const lines: [string, string[]][] = [
  ["slipway stat", ["status"]],
  ["slipway --vers", ["--version"]],
  ["slipway status --wat", ["status", "--watch"]],
  ["slipway up --target-dep", ["up", "--target-dependents"]],
  ["slipway status --stack fl", ["status", "--stack", "fleet"]],
  ["slipway status --stack=fl", ["status", "--stack=fleet"]],
  ["slipway status -s fl", ["status", "-s", "fleet"]],
  ["slipway up --target urn --stack of", ["up", "--target", "urn", "--stack", "offline"]],
  ["slipway up --plan pla", ["up", "--plan", "plans.json"]],
  ["slipway preview --save-plan pla", ["preview", "--save-plan", "plans.json"]],
  ["slipway preview --save-plan=pla", ["preview", "--save-plan=plans.json"]],
  ["slipway preview --event-log sub/dee", ["preview", "--event-log", "sub/deep.json"]],
  ["slipway up --color ne", ["up", "--color", "never"]],
  ["slipway up --color=al", ["up", "--color=always"]],
  ["slipway help comp", ["help", "completion"]],
  ["slipway hel", ["help"]],
  ["slipway completion z", ["completion", "zsh"]],
  ["slipway passing man", ["passing", "management"]],
  ["slipway passing -s fleet e", ["passing", "-s", "fleet", "edge"]],
  ["slipway passing --stack=fleet e", ["passing", "--stack=fleet", "edge"]],
  ["scripts/slipway doc", ["doctor"]],
  // No completion after the cluster and after "--", and no hidden command.
  ["slipway passing capd --st", ["passing", "capd", "--st"]],
  ["slipway up -- --wat", ["up", "--", "--wat"]],
  ["slipway pack", ["pack"]],
];

/** Types lines with a tab at the end of each into a shell in a terminal; returns what the program gets each time. */
const complete = (shell: keyof typeof shells, typed: string[], env: Record<string, string> = {}): string[][] => {
  const { command, start } = shells[shell];
  if (spawnSync(shell, ["--version"]).error) throw new Error(`${shell} is not found: apt-get install ${shell}`);
  const input = [`${start}; source ./${shell}.sh`, ...typed.map((line) => `${line}\t`), "exit", ""].join("\n");
  const { stdout } = spawnSync("script", ["-qfec", command, "/dev/null"], {
    cwd: folder,
    env: { HOME: folder, TERM: "xterm", PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`, ...env },
    input,
    encoding: "utf8",
    timeout: 60_000,
  });
  return [...stdout.matchAll(/RAN<(.*)>/g)].map(([, args = ""]) => args.split("|").slice(0, -1));
};

describe.each(["bash", "zsh"] as const)("completion in %s", (shell) => {
  test("completes commands, options, stacks, clusters and files", () => {
    const typed = lines.map(([line]) => line);
    expect(complete(shell, typed)).toEqual(lines.map(([, args]) => args));
  }, 90_000);

  test("takes the stack from STACK", () => {
    expect(complete(shell, ["slipway passing e"], { STACK: "fleet" })).toEqual([["passing", "edge"]]);
  }, 90_000);

  test("takes the default stack of SLIPWAY_ROUTE, which has no clusters here", () => {
    expect(complete(shell, ["slipway passing c"], { SLIPWAY_ROUTE: "release" })).toEqual([["passing", "c"]]);
  }, 90_000);
});
