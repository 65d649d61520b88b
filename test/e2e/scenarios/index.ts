import type { Scenario } from "../scenario";
import { change } from "./change";
import { classScenario } from "./class";
import { classUpgrade } from "./classUpgrade";
import { clone } from "./clone";
import { dayTwo } from "./dayTwo";
import { deleted } from "./deleted";
import { development } from "./development";
import { drift } from "./drift";
import { dualStack, ipv6 } from "./families";
import { dryRun } from "./dryRun";
import { failure, failurePair } from "./failure";
import { field } from "./field";
import { fleet } from "./fleet";
import { ha } from "./ha";
import { identity } from "./identity";
import { kubeadm } from "./kubeadm";
import { lost } from "./lost";
import { machinepool } from "./machinepool";
import { many } from "./many";
import { neighbours } from "./neighbours";
import { pause, pauseDualStack, pauseHa, pauseTwo } from "./pause";
import { progress } from "./progress";
import { providers } from "./providers";
import { providerUpgrade } from "./providerUpgrade";
import { refused } from "./refused";
import { registry, registryClass } from "./registry";
import { restart, restartHa } from "./restart";
import { stuck } from "./stuck";
import { template } from "./template";
import { upgrade } from "./upgrade";
import { usedMachine } from "./usedMachine";

/** All scenarios; those that start alike are neighbours, and one that replaces its cluster is the last of them. */
export const scenarios: Scenario[] = [
  change,
  refused,
  dryRun,
  restart,
  identity,
  drift,
  deleted,
  dayTwo,
  pause,
  kubeadm,
  registry,
  registryClass,
  clone,
  machinepool,
  fleet,
  field,
  template,
  ipv6,
  dualStack,
  many,
  classScenario,
  development,
  ha,
  restartHa,
  upgrade,
  classUpgrade,
  providerUpgrade,
  providers,
  stuck,
  progress,
  failure,
  failurePair(),
  neighbours,
  pauseHa,
  pauseDualStack,
  pauseTwo,
  lost,
  usedMachine,
];
