import type { Problem } from "../../base/problem";
import { nearest } from "../../base/suggest";
import { schemaProblems } from "../../kubernetes/crdSchema";
import type { KubernetesObject } from "../../kubernetes/object";
import { classVariables, type ClassVariable, hasExternalVariables } from "./classSpec";
import { nodeImageVariable } from "./nodeImages";

/**
 * Returns the problems of a cluster's variables: names that the class lacks, values that break the schema of the class, and
 * missing values.
 *
 * @param cluster - name of the cluster, for errors
 */
export const variableProblems = (
  clusterClass: KubernetesObject,
  values: Readonly<Record<string, unknown>>,
  cluster: string,
): Problem[] => {
  const { name: className } = clusterClass.metadata;
  const definitions = classVariables(clusterClass);
  const key = (path: string): string => `variables.${path} of cluster ${cluster}`;
  const named = Object.entries(values).flatMap(([name, value]): Problem[] => {
    const definition = definitions.find((one) => one.name === name);
    if (name === nodeImageVariable) return [ownVariable(key(name))];
    if (definition === undefined) return unknownVariable(clusterClass, name, definitions, key(name));
    return schemaProblems(value, definition.schema, name).map((problem) => ({
      ...problem,
      key: key(problem.key ?? name),
      rule: `${problem.rule} (schema of the class ${className})`,
    }));
  });
  const missing = definitions
    .filter(({ name, required, schema }) => required && schema.default === undefined && !Object.hasOwn(values, name))
    .map(({ name }) => ({
      key: key(name),
      rule: `a value, because the class ${className} requires one and has no default`,
      got: "nothing",
      remedy: `Set ${name} in variables of the cluster`,
    }));
  return [...named, ...missing];
};

const ownVariable = (key: string): Problem => ({
  key,
  rule: "no value, because Slipway sets this variable itself",
  got: "one",
  remedy: "Remove it, and set nodeImage of the cluster",
});

const unknownVariable = (
  clusterClass: KubernetesObject,
  name: string,
  definitions: readonly ClassVariable[],
  key: string,
): Problem[] => {
  if (hasExternalVariables(clusterClass)) return [];
  const names = definitions.map((one) => one.name).filter((one) => one !== nodeImageVariable);
  const suggestion = nearest(name, names);
  const known = names.length === 0 ? "Remove it" : `Remove it; known variables: ${names.join(", ")}`;
  return [
    {
      key,
      rule: `a variable of the class ${clusterClass.metadata.name}`,
      got: "an unknown name",
      remedy: suggestion === undefined ? known : `Did you mean ${suggestion}? Rename it, or remove it`,
    },
  ];
};
