import { execute, type Log, type Printed } from "../plugin/execute";

/** Runs a script of the folder `steps` in the program's folder. */
export const executeStep = (
  name: string,
  inputs: { environment: Record<string, string>; stdin?: string },
  log: Log,
): Promise<Printed> => execute(`steps/${name}`, inputs, undefined, log);
