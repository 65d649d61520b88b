import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { openEngineLog } from "../../../cli/progress/engineLog";
import { readReports } from "../../../cli/progress/estimate";
import { asksPassphrase, usesView } from "../../../cli/progress/open";
import { RunView, type ViewWorld } from "../../../cli/progress/runView";
import { LiveLines, type Output } from "../../../cli/progress/terminal";
import type { TrackedClusters } from "../../../lib/progress/runModel";
import { waitingPod } from "../../lib/progress/objects";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "slipway-view-"))));
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const clusters: TrackedClusters = {
  management: { name: "mgmt", isKind: true, installsProviders: false, kubeconfig: "mgmt.yaml" },
  workloads: [
    {
      ...{ name: "one", namespace: "default", isInMemory: false, hasLoadBalancer: false, hasApplication: false },
      kubeconfig: "one.yaml",
    },
  ],
};

/** A terminal that keeps a screen: it knows line feeds, moves upwards and erasures below the cursor. */
class FakeTerminal extends EventEmitter {
  isTTY = true;
  rows = 24;
  raw = "";
  private lines: string[] = [""];
  private row = 0;

  constructor(public columns = 80) {
    super();
  }

  write(text: string): boolean {
    this.raw += text;
    for (const part of text.split(/(\u001b\[\d*[A-Za-z]|\n|\r)/)) this.put(part);
    return true;
  }

  /** The lines on the screen without the empty last one. */
  get screen(): string[] {
    return this.lines.slice(0, this.lines.at(-1) === "" ? -1 : undefined);
  }

  private put(part: string): void {
    const [, count, order] = /^\u001b\[(\d*)([A-Za-z])$/.exec(part) ?? [];
    if (order === "A") this.row -= Number(count);
    else if (order === "J") this.lines = [...this.lines.slice(0, this.row), ""];
    else if (part === "\n") this.lines[(this.row += 1)] ??= "";
    else if (part !== "\r" && order === undefined) this.lines[this.row] += part;
  }
}

const terminalOf = (fake: FakeTerminal): Output => fake as unknown as Output;

const worldOf = (output: Output, env: NodeJS.ProcessEnv = {}): { world: ViewWorld; printed: string[] } => {
  const printed: string[] = [];
  const print = (line: string): void => {
    printed.push(line);
    if (output.isTTY) output.write(`${line}\n`);
  };
  const pod = waitingPod("web-1-a", "ErrImagePull", "not found");
  const api = { getObject: () => Promise.resolve({ status: 200, body: { items: [pod] } }), close: () => undefined };
  const watcher = {
    open: () => Promise.resolve(api),
    version: (file: string) => (file === "one.yaml" ? "1" : undefined),
  };
  return { world: { output, env, print, watcher, log: openEngineLog(folder, "dev", "up") }, printed };
};

const begins = {
  kind: "begins" as const,
  urn: "urn:pulumi:dev::slipway::kind:index:KindCluster::management-kind",
  op: "create",
};

describe("the view of a run", () => {
  test("prints one line for each change in a log, with seconds, and each cause once", async () => {
    jest.useFakeTimers();
    const { world, printed } = worldOf(terminalOf(Object.assign(new FakeTerminal(), { isTTY: false })));
    const view = new RunView(clusters, world);
    view.begin();
    view.observe(begins);
    await jest.advanceTimersByTimeAsync(10_000);
    view.end();
    expect(printed.slice(0, 2)).toEqual([
      "[   1 s] mgmt: network",
      "[   1 s] one: infrastructure, machine, kubeadm, API done; pod network",
    ]);
    expect(printed.filter((line) => line.includes("is held up"))).toHaveLength(1);
    expect(printed).toContainEqual(expect.stringMatching(/^\[ {3}\d s\] {3}next step: correct the image/));
    const count = printed.length;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(printed).toHaveLength(count);
    expect(jest.getTimerCount()).toBe(0);
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  test("rewrites one line for each cluster on a terminal, and leaves the last state", async () => {
    jest.useFakeTimers();
    const terminal = new FakeTerminal();
    const { world } = worldOf(terminalOf(terminal), { NO_COLOR: "1" });
    const view = new RunView(clusters, world);
    view.begin();
    view.observe(begins);
    await jest.advanceTimersByTimeAsync(5000);
    const lines = terminal.screen;
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^mgmt {2}network/),
      expect.stringMatching(/^one {3}/),
      "      5 s",
    ]);
    expect(lines.filter((line) => line.startsWith("mgmt"))).toHaveLength(1);
    expect(terminal.raw).not.toContain("\u001b[1m");
    view.print("a line that stays");
    await jest.advanceTimersByTimeAsync(2000);
    expect(terminal.screen.filter((line) => line === "a line that stays")).toHaveLength(1);
    view.end();
    expect(terminal.screen.at(-1)).toMatch(/^one/);
    expect(terminal.listenerCount("resize")).toBe(0);
  });

  test("says what Ctrl-C does", () => {
    const { world, printed } = worldOf(terminalOf(Object.assign(new FakeTerminal(), { isTTY: false })));
    const view = new RunView(clusters, world);
    view.begin();
    process.emit("SIGINT");
    view.end();
    expect(printed.at(0)).toMatch(/^interrupted: Pulumi waits for the operations that run/);
  });

  test("prints errors and warnings of Pulumi at the end, and where all of the output is", () => {
    const { world, printed } = worldOf(terminalOf(Object.assign(new FakeTerminal(), { isTTY: false })));
    const view = new RunView(clusters, world);
    view.begin();
    view.take(Buffer.from("Updating (dev):\n + a creating\nDiagnostics:\n  a:\n    error: it is bro"));
    view.take(Buffer.from("ken\n\nDuration: 2s\n"));
    view.end();
    view.finish(1);
    expect(printed.slice(-6)).toEqual([
      ...["", "Diagnostics:", "  a:", "    error: it is broken", "", "Duration: 2s"].slice(1),
      "\nall output of Pulumi: .slipway/logs/dev-up.log",
    ]);
    const file = join(folder, ".slipway", "logs", "dev-up.log");
    expect(readFileSync(file, "utf8")).toContain(" + a creating");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe("live lines", () => {
  test("are cut to the terminal, and erased as a whole after the terminal became narrower", () => {
    const terminal = new FakeTerminal(40);
    const live = new LiveLines(terminalOf(terminal), () => undefined);
    live.show(["a".repeat(60), "b"]);
    expect(terminal.screen).toEqual([`${"a".repeat(38)}…`, "b"]);
    terminal.raw = "";
    terminal.columns = 20;
    terminal.emit("resize");
    // The line of 39 characters fills two rows of the narrow terminal.
    expect(terminal.raw.startsWith("\u001b[3A\r\u001b[J")).toBe(true);
    live.close();
  });
});

describe("the log of Pulumi's output", () => {
  test("follows no link, and the run goes on without the file", () => {
    const log = openEngineLog(folder, "dev", "up");
    log.close();
    rmSync(join(folder, ".slipway", "logs", "dev-up.log"));
    const other = join(folder, "other");
    writeFileSync(other, "kept");
    symlinkSync(other, join(folder, ".slipway", "logs", "dev-up.log"));
    const again = openEngineLog(folder, "dev", "up");
    again.take(Buffer.from("text"));
    expect(again.path).toBeUndefined();
    expect(again.text()).toBe("text");
    expect(readFileSync(other, "utf8")).toBe("kept");
  });

  test("keeps characters that two parts of the output share", () => {
    const log = openEngineLog(folder, "dev", "up");
    const bytes = Buffer.from("•");
    log.take(bytes.subarray(0, 1));
    log.take(bytes.subarray(1));
    expect(log.text()).toBe("•");
    log.close();
    expect(existsSync(join(folder, ".slipway", "logs", "dev-up.log"))).toBe(true);
  });
});

describe("the choice of the view", () => {
  test.each([
    [[], true],
    [["--target", "urn:a"], true],
    [["--parallel=4", "--continue-on-error"], true],
    [["--event-log", "file"], true],
    [["--diff"], false],
    [["--json"], false],
    [["--show-secrets"], false],
    [["--debug"], false],
    [["--non-interactive"], false],
    [["--attach-debugger=program"], false],
    [["-d"], false],
  ] as [string[], boolean][])("%j", (args, expected) => expect(usesView(args, false)).toBe(expected));

  test("is Pulumi's own output if Pulumi asks for a passphrase", () => {
    const asks = (backend: string, variables = {}, env = {}) => asksPassphrase({ backend, variables }, env);
    expect(asks("s3://states")).toBe(true);
    expect(asks("s3://states", {}, { PULUMI_CONFIG_PASSPHRASE: "" })).toBe(false);
    expect(asks("file:///x", { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" })).toBe(false);
    expect(asks("https://api.pulumi.com")).toBe(false);
  });

  test("is Pulumi's own output with --engine-output", () => expect(usesView([], true)).toBe(false));
});

describe("the reports of earlier runs", () => {
  test("leave out files that are not reports", () => {
    expect(readReports(folder)).toEqual([]);
    openEngineLog(folder, "dev", "up").close();
    const reports = join(folder, ".slipway", "logs", "..", "reports");
    symlinkSync(folder, reports);
    writeFileSync(join(folder, "a.json"), '{"version":1,"seconds":3}');
    writeFileSync(join(folder, "b.json"), "{");
    writeFileSync(join(folder, "c.json"), "[]");
    expect(readReports(folder)).toEqual([{ version: 1, seconds: 3 }]);
  });
});
