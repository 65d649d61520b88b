/** Prints one line for the user. */
export type Print = (line: string) => void;

/** Formats seconds as 0:07, 12:31 or 1:02:03. */
export const formatClock = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

/** Formats seconds: with one digit below 10 s, otherwise as an integer. */
export const formatSeconds = (seconds: number): string =>
  `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;

/** Formats bytes as "12.3 of 80.2 MB", or "12.3 MB" if the size is unknown. */
export const megabytes = (received: number, size?: number): string => {
  const format = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
  return `${format(received)}${size === undefined ? "" : ` of ${format(size)}`} MB`;
};

/** A terminal for the live line. */
export interface Terminal {
  /** Width in characters. */
  columns: number;
  write: (text: string) => void;
}

/** Returns the user's terminal; undefined if output goes to a file or a pipe. */
export const findTerminal = (
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr"> = process,
  env: NodeJS.ProcessEnv = process.env,
): Terminal | undefined =>
  stdout.isTTY && stderr.isTTY && env.TERM !== "dumb"
    ? { columns: stderr.columns || 80, write: (text) => stderr.write(text) }
    : undefined;

/** Moves the cursor to the start of the line and erases the line. */
const eraseLine = "\r\u001b[K";

/** Options of the progress. */
export interface ProgressOptions {
  /** Milliseconds between two heartbeat lines in a log. Default: 30 seconds. */
  heartbeatMs?: number;
  /** Terminal for a live line instead of lines for each start and end. Default: no live line. */
  terminal?: Terminal | undefined;
  /** Milliseconds between two updates of the live line. Default: 200. */
  redrawMs?: number;
}

/**
 * Shows which artifacts are in progress. A log gets a line for each start and end, "[ 3/27] kubernetes: …", and a heartbeat
 * line while nothing else is printed. A terminal gets one line that is rewritten.
 */
export class Progress {
  private readonly begun = Date.now();
  private readonly running = new Map<string, { since: number; detail?: string }>();
  private count = 0;
  private ended = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly total: number,
    private readonly print: Print,
    private readonly options: ProgressOptions = {},
  ) {}

  /** Reports the start of an artifact and returns the prefix of its later lines. */
  start(name: string, title: string): string {
    this.count += 1;
    const prefix = `[${String(this.count).padStart(String(this.total).length)}/${this.total}] ${name}:`;
    this.running.set(name, { since: Date.now() });
    if (this.options.terminal) this.draw();
    else this.printLine(`${prefix} ${title} …`);
    return prefix;
  }

  /** Reports the progress of an artifact's download. */
  report(name: string, received: number, size?: number): void {
    this.describe(name, megabytes(received, size));
  }

  /** Sets the text about an artifact's progress in the live line. */
  describe(name: string, detail: string): void {
    const running = this.running.get(name);
    if (running) running.detail = detail;
  }

  /** Reports the end of an artifact and returns its seconds. */
  end(name: string, prefix: string, failed = false): number {
    const seconds = (Date.now() - (this.running.get(name)?.since ?? Date.now())) / 1000;
    this.running.delete(name);
    if (!failed) this.ended += 1;
    if (this.options.terminal && !failed) this.draw();
    else
      this.printLine(
        `${prefix} ${failed ? "FAILED after" : "done in"} ${formatSeconds(seconds)}, ${this.elapsed()} elapsed`,
      );
    return seconds;
  }

  elapsed(): string {
    return formatClock((Date.now() - this.begun) / 1000);
  }

  /** Prints a permanent line and restarts the heartbeat interval. */
  printLine(line: string): void {
    this.options.terminal?.write(eraseLine);
    this.print(line);
    if (this.options.terminal) this.draw();
    else this.repeat(() => this.beat(), this.options.heartbeatMs ?? 30_000);
  }

  /** Ends the heartbeat and removes the live line. */
  stop(): void {
    clearInterval(this.timer);
    this.options.terminal?.write(eraseLine);
  }

  private repeat(action: () => void, milliseconds: number): void {
    clearInterval(this.timer);
    this.timer = setInterval(action, milliseconds);
    this.timer.unref();
  }

  /** Returns the artifacts in progress with their times, or with bytes if `isDetailed` is true. */
  private atWork(isDetailed = false): string {
    const now = Date.now();
    return [...this.running]
      .map(([name, { since, detail }]) => {
        const time = formatSeconds((now - since) / 1000);
        return `${name} (${isDetailed && detail ? detail : time})`;
      })
      .join(", ");
  }

  private beat(): void {
    if (this.running.size > 0) this.print(`   … ${this.elapsed()} elapsed, at work: ${this.atWork()}`);
  }

  private draw(): void {
    const { terminal, redrawMs = 200 } = this.options;
    if (terminal === undefined) return;
    const line = `[${this.ended}/${this.total}] ${this.elapsed()} ${this.atWork(true)}`;
    const width = terminal.columns - 1; // a full line would wrap, and only its last part could be erased
    terminal.write(`${eraseLine}${line.length > width ? `${line.slice(0, width - 1)}…` : line}`);
    this.repeat(() => this.draw(), redrawMs);
  }
}
