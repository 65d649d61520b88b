import { fitRows, rowText, secondsText } from "../../lib/progress/line";
import type { Estimate } from "../../lib/progress/estimate";
import { outputEnd } from "../../lib/progress/engineOutput";
import { RunModel, type Snapshot, type TrackedClusters } from "../../lib/progress/runModel";
import type { EventObserver, RunOutput } from "../pulumi/followedRun";
import type { Print } from "../toolchain/build/progress";
import type { EngineLog } from "./engineLog";
import { canRewrite, LiveLines, type Output } from "./terminal";
import { watchClusters, type WatcherWorld } from "./watcher";

/** Milliseconds between two views. */
const tickMs = 1000;

/** Everything that a view needs of the world. Tests replace it. */
export interface ViewWorld {
  output: Output;
  env: NodeJS.ProcessEnv;
  print: Print;
  watcher: WatcherWorld;
  log: EngineLog;
}

const interruption =
  "interrupted: Pulumi waits for the operations that run, and saves the state. A second Ctrl-C would end Pulumi at once";

/** Shows a run of Pulumi: lines that are rewritten on a terminal, and lines for each change elsewhere. */
export class RunView implements RunOutput {
  private readonly model: RunModel;
  private readonly live: LiveLines | undefined;
  private begun = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private stopWatch: (() => void) | undefined;
  private remaining: string | undefined;

  constructor(
    private readonly clusters: TrackedClusters,
    private readonly world: ViewWorld,
    estimate?: Estimate,
  ) {
    const { output, env, print } = world;
    this.model = new RunModel(clusters, estimate);
    if (canRewrite(output, env)) this.live = new LiveLines(output, print, !env.NO_COLOR);
  }

  readonly observe: EventObserver = (event) => this.model.take(event);

  /** Prints a line that stays, above the lines that are rewritten. */
  readonly print: Print = (line) => (this.live ? this.live.add(line) : this.world.print(line));

  begin(): void {
    this.begun = Date.now();
    const { management, workloads } = this.clusters;
    const watched = [
      { name: management.name, file: management.kubeconfig, isManagement: true },
      ...workloads.map(({ name, kubeconfig }) => ({ name, file: kubeconfig, isManagement: false })),
    ];
    this.stopWatch = watchClusters(watched, this.world.watcher, ({ name }, objects) =>
      this.model.observe(name, objects, this.seconds, Date.now()),
    );
    this.timer = setInterval(() => this.show(), tickMs);
    this.timer.unref();
    process.on("SIGINT", this.noteInterruption);
  }

  take(chunk: Buffer): void {
    this.world.log.take(chunk);
  }

  /** Ends the view at once: no timer, request or process is left. */
  end(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.stopWatch?.();
    process.off("SIGINT", this.noteInterruption);
    const last = this.show();
    this.live?.close();
    // The last state of each cluster stays on the terminal.
    if (this.live) for (const row of this.rowLines(last, this.live.columns)) this.world.print(row);
    this.world.log.close();
  }

  /** Prints the end of Pulumi's output. */
  finish(code: number): void {
    const { log, print } = this.world;
    const lines = outputEnd(log.text(), code !== 0);
    if (lines.length > 0) print("");
    for (const line of lines) print(line);
    if (code !== 0 && log.path !== undefined) print(`\nall output of Pulumi: ${log.path}`);
  }

  private get seconds(): number {
    return (Date.now() - this.begun) / 1000;
  }

  private readonly noteInterruption = (): void => this.print(interruption);

  private show(): Snapshot {
    const { seconds } = this;
    const snapshot = this.model.snapshot(seconds);
    const stamp = `[${String(Math.floor(seconds)).padStart(4)} s] `;
    const isNew = snapshot.remaining !== this.remaining && snapshot.remaining !== undefined;
    this.remaining = snapshot.remaining;
    const permanent = this.live
      ? snapshot.messages
      : [...snapshot.changes, ...(isNew ? [snapshot.remaining!] : []), ...snapshot.messages];
    for (const line of permanent) this.print(`${stamp}${line}`);
    this.live?.show(this.liveLines(snapshot, seconds));
    return snapshot;
  }

  private rowLines({ rows }: Snapshot, columns: number): string[] {
    const width = Math.max(0, ...rows.map(({ name }) => name.length));
    return rows.map((row) => rowText(row, columns - 1, width));
  }

  private liveLines(snapshot: Snapshot, seconds: number): string[] {
    const { columns = 80, rows: height = 24 } = this.live ?? {};
    const { rows, rest } = fitRows(snapshot.rows, Math.max(1, height - 2));
    const width = Math.max(0, ...rows.map(({ name }) => name.length));
    const footer = " ".repeat(width + 2) + [secondsText(seconds), snapshot.remaining].filter(Boolean).join(", ");
    return [...this.rowLines({ ...snapshot, rows }, columns), ...(rest === undefined ? [] : [rest]), footer];
  }
}
