import { fieldSettings, writeInputs } from "../field/manifests";
import { manifestSteps } from "../field/steps";
import type { Scenario } from "../scenario";

/** Inputs in the shape that users bring. */
export const field: Scenario = {
  name: "field",
  title: "users' manifests: repeated objects, operators with their objects, pools, probes, and edits",
  base: "dev",
  start: fieldSettings(),
  first: () => [{ name: "the manifests of the run are written", run: writeInputs }],
  steps: manifestSteps,
};
