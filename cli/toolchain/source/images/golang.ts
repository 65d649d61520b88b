import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pins } from "../../../../lib/versions/pins";
import type { Artifact } from "../../build/artifact";
import { buildGoGroup, ourProgram, type GoGroup } from "../goGroup";
import { goGroups } from "../goGroups";
import { otherKubernetesGroups } from "../kubernetesRelease";
import { keyOf } from "./recipe";

const ourSources = (group: GoGroup): string[] =>
  group.mains.flatMap((main) => {
    const folder = ourProgram(main);
    return folder === undefined
      ? []
      : readdirSync(folder).sort().map((name) => readFileSync(join(folder, name), "utf8")); // prettier-ignore
  });

/** A Go group as an artifact whose folder holds bin/. */
export const goArtifact = (group: GoGroup): Artifact => ({
  name: `go-${group.name}`,
  title: `Go programs: ${group.mains.map((main) => main.output).join(", ")}`,
  needs: [],
  key: keyOf(group, ourSources(group), pins.minimum.go),
  build: ({ target, log }) => buildGoGroup(group, target, log),
});

/** Each Go group that every stack needs. */
export const goArtifacts: Artifact[] = goGroups.map(goArtifact);

/** Each Go group of the Kubernetes releases that only some stacks need. */
export const otherKubernetesPrograms: Artifact[] = otherKubernetesGroups.map(goArtifact);

/** The artifact of a Go group by the group's name. */
export const goGroupArtifact = (name: string): Artifact => {
  const all = [...goArtifacts, ...otherKubernetesPrograms];
  const found = all.find((artifact) => artifact.name === `go-${name}`);
  if (!found) throw new Error(`goGroups.ts has no group "${name}"; there are ${all.map((one) => one.name).join(", ")}`);
  return found;
};
