import { nameOf, partsOf } from "../base/urn";
import type { EngineEvent } from "../diagnosis/failure/engineEvent";

/** A resource on which the engine works, or has worked. */
export interface Work {
  /** Types of the components around the resource, outermost first, and its own type. */
  types: readonly string[];
  name: string;
  state: "running" | "done" | "failed";
  /** True if the engine changes the resource; false for a resource that is the same. */
  isChange: boolean;
}

/** Operations that change nothing. */
const idle: readonly (string | undefined)[] = ["same", "read", "refresh", undefined];

/** Follows the engine's events: the resources that run, and those that are done. */
export class EngineWork {
  private readonly work = new Map<string, Work>();

  take({ kind, urn, op }: EngineEvent): void {
    if (urn === undefined || !(kind === "begins" || kind === "done" || kind === "failed")) return;
    const { ancestors, type } = partsOf(urn);
    const before = this.work.get(urn);
    const isChange = before?.isChange === true || !idle.includes(op);
    const state = kind === "begins" ? "running" : kind;
    this.work.set(urn, { types: [...ancestors, type], name: nameOf(urn), state, isChange });
  }

  /** Returns the resources whose outermost component has this type. */
  childrenOf(component: string): Work[] {
    return [...this.work.values()].filter(({ types }) => types[0] === `slipway:index:${component}` && types.length > 1);
  }

  /** Returns a step by its name; undefined if the engine has not reached the step. */
  step(name: string): Work | undefined {
    return this.where((work) => work.name === name && work.types.at(-1) === "command:local:Command")[0];
  }

  /** Returns the resources that match. */
  where(matches: (work: Work) => boolean): Work[] {
    return [...this.work.values()].filter(matches);
  }
}
