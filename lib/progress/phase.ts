/** A part of the way to a cluster that works. */
export interface Phase {
  name: string;
  isDone: boolean;
  /** What the phase waits for, or how far it is; absent without more to say. */
  detail?: string;
  /** Further text that changes often, for a terminal only. */
  note?: string;
}

/** A phase with the time of its end. */
export interface TimedPhase extends Phase {
  /** Seconds from the start of the run to the end of the phase; absent if the phase was done before the run. */
  seconds?: number;
}

/** Returns how a phase is called that is not done. */
export const currentText = ({ name, detail }: Phase): string => (detail === undefined ? name : `${name}: ${detail}`);

/** Keeps the times of the phases of one line, and says what changed. */
export class TrackTimes {
  private readonly ended = new Map<string, number | undefined>();
  private shown: string | undefined;

  /**
   * Takes the phases as they are now.
   *
   * @param seconds since the start of the run
   * @param isNew if true, the run creates everything; else phases that are done at first were done before the run
   * @returns the phases with their times, and the line for a log; undefined if nothing changed
   */
  take(phases: readonly Phase[], seconds: number, isNew = false): { phases: TimedPhase[]; change: string | undefined } {
    const isFirst = this.shown === undefined;
    const finished = phases.filter(({ name, isDone }) => isDone && !this.ended.has(name));
    for (const { name } of finished) this.ended.set(name, isFirst && !isNew ? undefined : seconds);
    // A rollout opens a phase again.
    for (const { name, isDone } of phases) if (!isDone) this.ended.delete(name);
    const current = phases.find(({ isDone }) => !isDone);
    const names = finished.map(({ name }) => name).join(", ");
    const text = current === undefined ? "ready" : currentText(current);
    const change = finished.length === 0 && text === this.shown ? undefined : [names && `${names} done`, text];
    this.shown = text;
    const timed = phases.map((phase): TimedPhase => {
      const end = phase.isDone ? this.ended.get(phase.name) : undefined;
      return { ...phase, ...(end === undefined ? {} : { seconds: end }) };
    });
    return { phases: timed, change: change?.filter(Boolean).join("; ") };
  }
}
