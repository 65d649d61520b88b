import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pins, type Route } from "../../../lib/versions/pins";
import { must } from "../harness";

/** Folder of the classes that a run writes, relative to the checkout. */
const folder = join(".slipway", "e2e-class");

/** Returns the path under which a run has a class. */
export const classFile = (name: string): string => join(folder, `${name}.yaml`);

/** Reads a file of Cluster API's Docker templates: by Go's client, or from the release on a route without Go. */
export const publishedTemplate = async (name: string, route: Route): Promise<string> => {
  const version = pins[route].clusterApi;
  if (route === "release") {
    const url = `https://github.com/kubernetes-sigs/cluster-api/releases/download/v${version}/${name}`;
    return (await fetch(url)).text();
  }
  const answer = must("go", ["mod", "download", "-json", `sigs.k8s.io/cluster-api/test@v${version}`]);
  const { Dir } = JSON.parse(answer) as { Dir: string };
  return readFileSync(join(Dir, "infrastructure", "docker", "templates", name), "utf8");
};

/** Writes a class for a run. */
export const writeClass = (name: string, text: string): void => {
  mkdirSync(dirname(classFile(name)), { recursive: true });
  writeFileSync(classFile(name), text);
};
