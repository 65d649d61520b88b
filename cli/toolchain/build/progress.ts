/** Takes one line for the user. */
export type Print = (line: string) => void;

/** Seconds as 0:07, 12:31 or 1:02:03. */
export const clock = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

/** Seconds as whole ones, or with one digit where there are few. */
export const spell = (seconds: number): string => `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;

/** Bytes in megabytes: "12.3 of 80.2 MB", or "12.3 MB" where the size is unknown. */
export const megabytes = (received: number, size?: number): string => {
  const spellOne = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
  return `${spellOne(received)}${size === undefined ? "" : ` of ${spellOne(size)}`} MB`;
};

/** A terminal with one line that is rewritten. */
export interface Terminal {
  /** Width in characters. */
  columns: number;
  write: (text: string) => void;
}

/** Returns the user's terminal; undefined where output goes to a file or a pipe, which get whole lines. */
export const findTerminal = (
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr"> = process,
  env: NodeJS.ProcessEnv = process.env,
): Terminal | undefined =>
  stdout.isTTY && stderr.isTTY && env.TERM !== "dumb"
    ? { columns: stderr.columns || 80, write: (text) => stderr.write(text) }
    : undefined;

/** Goes to the start of the line and erases it. */
const eraseLine = "\r\u001b[K";

/** How progress is shown. */
export interface ProgressOptions {
  /** Milliseconds between two signs of life in a log. Default: 30 seconds. */
  heartbeatMs?: number;
  /** Where a live line is shown instead of lines for each start and end. Default: nowhere. */
  terminal?: Terminal | undefined;
  /** Milliseconds between two versions of the live line. Default: 200. */
  redrawMs?: number;
}

/**
 * Shows which artifacts are at work. A log gets a line for each start and end, "[ 3/27] kubernetes: …", and a sign of life
 * while nothing else is printed; a terminal gets one line that is rewritten.
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

  /** An artifact begins; returns the prefix its later lines carry. */
  start(name: string, title: string): string {
    this.count += 1;
    const prefix = `[${String(this.count).padStart(String(this.total).length)}/${this.total}] ${name}:`;
    this.running.set(name, { since: Date.now() });
    if (this.options.terminal) this.draw();
    else this.say(`${prefix} ${title} …`);
    return prefix;
  }

  /** Takes how far the download of an artifact is. */
  report(name: string, received: number, size?: number): void {
    this.describe(name, megabytes(received, size));
  }

  /** Takes how far an artifact is, in words for the live line. */
  describe(name: string, detail: string): void {
    const running = this.running.get(name);
    if (running) running.detail = detail;
  }

  /** An artifact ended; gives its seconds. */
  end(name: string, prefix: string, failed = false): number {
    const seconds = (Date.now() - (this.running.get(name)?.since ?? Date.now())) / 1000;
    this.running.delete(name);
    if (!failed) this.ended += 1;
    if (this.options.terminal && !failed) this.draw();
    else this.say(`${prefix} ${failed ? "FAILED after" : "done in"} ${spell(seconds)}, ${this.elapsed()} elapsed`);
    return seconds;
  }

  elapsed(): string {
    return clock((Date.now() - this.begun) / 1000);
  }

  /** Prints a line that stays and puts the next sign of life off. */
  say(line: string): void {
    this.options.terminal?.write(eraseLine);
    this.print(line);
    if (this.options.terminal) this.draw();
    else this.repeat(() => this.beat(), this.options.heartbeatMs ?? 30_000);
  }

  /** Ends the signs of life, and removes the live line. */
  stop(): void {
    clearInterval(this.timer);
    this.options.terminal?.write(eraseLine);
  }

  private repeat(action: () => void, milliseconds: number): void {
    clearInterval(this.timer);
    this.timer = setInterval(action, milliseconds);
    this.timer.unref();
  }

  /** Each artifact at work with its time, and with its bytes where the live line has room for details. */
  private atWork(isDetailed = false): string {
    const now = Date.now();
    return [...this.running]
      .map(([name, { since, detail }]) => {
        const time = spell((now - since) / 1000);
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
    const room = terminal.columns - 1; // a full line would wrap, and only its last part could be erased
    terminal.write(`${eraseLine}${line.length > room ? `${line.slice(0, room - 1)}…` : line}`);
    this.repeat(() => this.draw(), redrawMs);
  }
}
