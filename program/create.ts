/** Creates a component. Without arguments the stack does not need the component, so it returns undefined. */
export const create = <Args, Component>(
  Class: new (name: string, args: Args) => Component,
  name: string,
  args: Args | undefined,
): Component | undefined => (args === undefined ? undefined : new Class(name, args));
