import { createHash } from "node:crypto";
import type { KubernetesObject } from "../kubernetesObject";
import { toYaml } from "../yaml";

/**
 * Names each template of machines by its content, and whatever refers to it likewise: a change makes another template,
 * and new machines. One whose name other names are made from (Azure's `<template>-azure-json`) keeps it.
 */
export const namedByContent = (objects: readonly KubernetesObject[]): KubernetesObject[] => {
  const texts = objects.flatMap((object) => textsIn(object["spec"]));
  const names = new Map(
    objects.flatMap((object) => {
      const { kind, metadata, apiVersion } = object;
      const { name } = metadata;
      const [, group] = /^(infrastructure|bootstrap)\.cluster\.x-k8s\.io\//.exec(apiVersion) ?? [];
      const derived = texts.some((text) => text.startsWith(`${name}-`) && !isOwnName(text, objects));
      if (group === undefined || !kind.endsWith("Template") || (group === "infrastructure" && derived)) return [];
      const hash = createHash("sha256")
        .update(toYaml({ ...object, metadata: {} }))
        .digest("hex");
      return [[`${kind}/${name}`, `${name}-${hash.slice(0, 8)}`] as const];
    }),
  );
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    const { kind, name } = value as { kind?: unknown; name?: unknown };
    const renamed = names.get(`${String(kind)}/${String(name)}`);
    const entries = Object.entries(value).map(([key, inner]) => [key, rename(inner)] as const);
    return { ...Object.fromEntries(entries), ...(renamed === undefined ? {} : { name: renamed }) };
  };
  return objects.map((object) => {
    const name = names.get(`${object.kind}/${object.metadata.name}`) ?? object.metadata.name;
    return {
      ...object,
      ...("spec" in object ? { spec: rename(object["spec"]) } : {}),
      metadata: { ...object.metadata, name },
    };
  });
};

const isOwnName = (text: string, objects: readonly KubernetesObject[]): boolean =>
  objects.some(({ metadata }) => metadata.name === text);

const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};
