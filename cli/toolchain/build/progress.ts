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

/** Says what is at work: "[ 3/27] kubernetes: …", with a sign of life while nothing else is said. */
export class Progress {
  private readonly begun = Date.now();
  private readonly running = new Map<string, number>();
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly total: number,
    private readonly print: Print,
    private readonly heartbeatMs = 30_000,
  ) {}

  /** An artifact begins; returns the prefix its later lines carry. */
  start(name: string, title: string): string {
    this.count += 1;
    const prefix = `[${String(this.count).padStart(String(this.total).length)}/${this.total}] ${name}:`;
    this.running.set(name, Date.now());
    this.say(`${prefix} ${title} …`);
    return prefix;
  }

  /** An artifact ended; gives its seconds. */
  end(name: string, prefix: string, failed = false): number {
    const seconds = (Date.now() - (this.running.get(name) ?? Date.now())) / 1000;
    this.running.delete(name);
    this.say(`${prefix} ${failed ? "FAILED after" : "done in"} ${spell(seconds)}, ${this.elapsed()} elapsed`);
    return seconds;
  }

  elapsed(): string {
    return clock((Date.now() - this.begun) / 1000);
  }

  /** Prints a line and puts the next sign of life off. */
  say(line: string): void {
    this.print(line);
    this.stop();
    this.timer = setInterval(() => this.beat(), this.heartbeatMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    const now = Date.now();
    const names = [...this.running].map(([name, since]) => `${name} (${spell((now - since) / 1000)})`);
    if (names.length > 0) this.print(`   … ${this.elapsed()} elapsed, at work: ${names.join(", ")}`);
  }
}
