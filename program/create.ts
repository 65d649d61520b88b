import type { ComponentResourceOptions } from "@pulumi/pulumi";

/** Creates a component. Without arguments the stack does not need the component, so it returns undefined. */
export const create = <Args, Component>(
  Class: new (name: string, args: Args, opts: ComponentResourceOptions) => Component,
  name: string,
  args: Args | undefined,
  opts: ComponentResourceOptions,
): Component | undefined => (args === undefined ? undefined : new Class(name, args, opts));
