import type { ReportResource } from "../model";

/** Returns the name of a resource for people: kind and name of an object, or the step's name. */
export const labelOf = ({ type, name }: Pick<ReportResource, "type" | "name">): string => {
  const [, kind, ...path] = name.split("/");
  if (kind !== undefined && path.length > 0 && type.startsWith("kubernetes:")) return `${kind} ${path.at(-1)}`;
  if (type.startsWith("pulumi:providers:")) return `provider ${name}`;
  if (type === "command:local:Command") return `step ${name}`;
  if (type === "pulumi:pulumi:Stack") return `stack ${name}`;
  return `${type.split(/[:/]/).at(-1) ?? ""} ${name}`;
};
