import type { Step } from "../harness";
export const yamlSteps = (): Step[] => [];
