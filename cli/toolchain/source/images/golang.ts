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

/** Returns a Go group as an artifact with the folder bin/. */
export const goArtifact = (group: GoGroup): Artifact => ({
  name: `go-${group.name}`,
  title: `Go programs: ${group.mains.map((main) => main.output).join(", ")}`,
  needs: [],
  key: keyOf(group, ourSources(group), pins.minimum.go),
  build: ({ target, log }) => buildGoGroup(group, target, log),
});

/** Artifacts of the Go groups of every stack. */
export const goArtifacts: Artifact[] = goGroups.map(goArtifact);

/** Artifacts of the Go groups of other Kubernetes releases. */
export const otherKubernetesPrograms: Artifact[] = otherKubernetesGroups.map(goArtifact);

/**
 * Returns the artifact of a Go group by the group's name.
 *
 * @throws for an unknown group
 */
export const goGroupArtifact = (name: string): Artifact => {
  const all = [...goArtifacts, ...otherKubernetesPrograms];
  const artifact = all.find((candidate) => candidate.name === `go-${name}`);
  if (!artifact)
    throw new Error(`Go group: expected one of ${all.map((known) => known.name).join(", ")}, got "go-${name}"`);
  return artifact;
};
