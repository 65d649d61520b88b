import type { Scenario } from "../scenario";
import { change } from "./change";
import { fleet } from "./fleet";
import { ha } from "./ha";
import { identity } from "./identity";
import { lost } from "./lost";
import { many } from "./many";
import { neighbours } from "./neighbours";
import { providerUpgrade } from "./providerUpgrade";
import { refused } from "./refused";
import { upgrade } from "./upgrade";

/** All scenarios; those that start alike are neighbours, and one that replaces its cluster is the last of them. */
export const scenarios: Scenario[] = [
  change,
  refused,
  identity,
  fleet,
  many,
  ha,
  upgrade,
  providerUpgrade,
  neighbours,
  lost,
];
