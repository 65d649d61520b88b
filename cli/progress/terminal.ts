import { cut } from "../../lib/progress/line";
import type { Print } from "../toolchain/build/progress";

/** A stream that may be a terminal. */
export type Output = Pick<NodeJS.WriteStream, "write" | "columns" | "rows" | "isTTY" | "on" | "off">;

const clearBelow = "\r\u001b[J";

const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : "");

/** Columns of a terminal that does not say its width. */
const usualColumns = 80;

/** Returns true if lines of the output can be rewritten. */
export const canRewrite = ({ isTTY }: Pick<Output, "isTTY">, { TERM }: NodeJS.ProcessEnv): boolean =>
  isTTY && TERM !== "dumb";

/** Lines at the end of a terminal that are rewritten. Other lines are printed above them and stay. */
export class LiveLines {
  private shown: readonly string[] = [];
  private lines: readonly string[] = [];

  /** @param isBold if true, the names at the start of the lines are bold */
  constructor(
    private readonly output: Output,
    private readonly print: Print,
    private readonly isBold = false,
  ) {
    output.on("resize", this.redraw);
  }

  get columns(): number {
    return this.output.columns || usualColumns;
  }

  get rows(): number {
    return this.output.rows || 24;
  }

  /** Replaces the lines. A line that is longer than the terminal is cut, because a wrapped line cannot be erased. */
  show(lines: readonly string[]): void {
    this.lines = lines;
    this.redraw();
  }

  /** Prints a line that stays. */
  add(line: string): void {
    this.erase();
    this.print(line);
    this.draw();
  }

  /** Erases the lines, and no longer follows the size of the terminal. */
  close(): void {
    this.lines = [];
    this.erase();
    this.output.off("resize", this.redraw);
  }

  private readonly redraw = (): void => {
    this.erase();
    this.draw();
  };

  private draw(): void {
    // The last column stays free: some terminals wrap a line that fills it.
    this.shown = this.lines.map((line) => cut(line, this.columns - 1));
    if (this.shown.length === 0) return;
    this.output.write(`${this.shown.map((line) => this.emphasize(line)).join("\n")}\n`);
  }

  private emphasize(line: string): string {
    return this.isBold ? line.replace(/^\S+/, "\u001b[1m$&\u001b[0m") : line;
  }

  private erase(): void {
    if (this.shown.length === 0) return;
    // A terminal that became narrower has wrapped the lines.
    const rows = this.shown.reduce((count, line) => count + Math.max(1, Math.ceil(line.length / this.columns)), 0);
    this.output.write(`${up(rows)}${clearBelow}`);
    this.shown = [];
  }
}
