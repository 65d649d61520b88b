import { existsSync, readFileSync } from "node:fs";
import { nameOf } from "../../../lib/base/urn";

/** When in a resource's life: its work begins, or is done. */
export type Moment = "begins" | "done";

/** One step of the engine, as its event log tells it. */
export interface EngineStep {
  moment: Moment;
  /** create, update, delete, …; `same` for what the engine leaves alone. */
  op: string;
  /** The last part of the URN. */
  name: string;
}

interface LoggedEvent {
  resourcePreEvent?: { metadata: { op: string; urn: string } };
  resOutputsEvent?: { metadata: { op: string; urn: string } };
}

/** The steps in the text of an event log: whole lines only, since the engine may be writing the last one. */
export const stepsIn = (text: string): EngineStep[] =>
  text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const { resourcePreEvent, resOutputsEvent } = JSON.parse(line) as LoggedEvent;
      const { metadata } = resourcePreEvent ?? resOutputsEvent ?? {};
      if (metadata === undefined) return [];
      return [{ moment: resourcePreEvent ? "begins" : "done", op: metadata.op, name: nameOf(metadata.urn) } as const];
    });

/** The steps that an event log tells so far; none where the engine has not made it yet. */
export const readSteps = (file: string): EngineStep[] => (existsSync(file) ? stepsIn(readFileSync(file, "utf8")) : []);
