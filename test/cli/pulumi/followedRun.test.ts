import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { createsClusters } from "../../../cli/pulumi/creating";
import { followedRun, type RunOutput } from "../../../cli/pulumi/followedRun";
import type { Target } from "../../../cli/pulumi/run";
import type { ExportedState } from "../../../cli/pulumi/state";
import { withoutUnknown } from "../../../cli/pulumi/unknownOutputs";
import type { EngineEvent } from "../../../lib/diagnosis/failure/engineEvent";
import { type FakeCheckout, fakeCheckout } from "../../helpers/fakeCheckout";

let checkout: FakeCheckout;
let temporary: string;
let printed: string[];
let observed: EngineEvent[];
const usualTemporary = process.env.TMPDIR;

beforeEach(() => {
  checkout = fakeCheckout();
  temporary = mkdtempSync(join(tmpdir(), "slipway-followed-"));
  process.env.TMPDIR = temporary;
  printed = [];
  observed = [];
});
afterEach(() => {
  if (usualTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usualTemporary;
  checkout.remove();
  rmSync(temporary, { recursive: true });
});

const target = (): Target => ({
  checkout: checkout.folder,
  stack: "dev",
  backend: "file://",
  variables: { PATH: `${join(checkout.folder, ".tools", "bin")}:${process.env.PATH}` },
});

const urn = "urn:pulumi:dev::slipway::command:local:Command::capd-nodes";
const beginsNodes = { resourcePreEvent: { metadata: { urn, op: "create" } } };
const failed = [
  { diagnosticEvent: { severity: "error", urn, message: 'exit status 1: running "steps/wait-for-nodes":\nno node\n' } },
  { resOpFailedEvent: { metadata: { urn, op: "create" } } },
];

/** Bash that writes events into what follows --event-log. */
const withEvents = (events: object[]): string =>
  [
    'log=""; arguments="$*"',
    'while [ $# -gt 0 ]; do case "$1" in --event-log) log=$2; shift ;; --event-log=*) log=${1#*=} ;; esac; shift; done',
    `events() { cat >"$log" <<'END'\n${events.map((event) => JSON.stringify(event)).join("\n")}\nEND\n}`,
  ].join("\n");

/** Waits until it is interrupted, and says by what. */
const waits = `
trap 'echo int >>signals; exit 1' INT
trap 'echo term >>signals; exit 1' TERM
touch waiting
for _ in $(seq 200); do sleep 0.05; done
exit 7`;

const signals = (): string => {
  const file = join(checkout.folder, "signals");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

const timeouts = { afterFailure: 300, interval: 50 };
const up = (args: string[] = [], goesOn = false): ReturnType<typeof followedRun> =>
  followedRun(
    target(),
    ["up", ...args],
    goesOn,
    (line) => void printed.push(line),
    [(event) => void observed.push(event)],
    timeouts,
  );

const failure = ["first failure: capd-nodes: steps/wait-for-nodes failed (exit status 1):", "  no node"];

describe("a run of Pulumi", () => {
  test("that waits on after a failure is interrupted once, with one line that names what failed", async () => {
    checkout.fakeTool("pulumi", `${withEvents(failed)}\nevents\n${waits}`);
    const start = Date.now();
    expect(await up()).toEqual({ code: 1, failure });
    expect(Date.now() - start).toBeLessThan(5000);
    expect(signals()).toBe("int\n");
    expect(printed).toEqual(["\ncapd-nodes failed. up ends the remaining waits; make up continues from here"]);
  });

  test("that ends by itself after a failure is not interrupted", async () => {
    checkout.fakeTool("pulumi", `${withEvents(failed)}\nevents\nexit 5`);
    expect(await up()).toEqual({ code: 5, failure });
    expect(printed).toEqual([]);
  });

  test("that does not fail takes its time", async () => {
    checkout.fakeTool("pulumi", `${withEvents([beginsNodes])}\nevents\nsleep 1`);
    expect(await up()).toEqual({ code: 0, failure: [] });
    expect(observed).toEqual([{ kind: "begins", urn, op: "create" }]);
  });

  test("has its events in a pipe in a folder of its own, of which nothing stays", async () => {
    checkout.fakeTool(
      "pulumi",
      `${withEvents(failed)}\nstat --format '%A %F' "$log" >seen; stat --format %A "$TMPDIR" >>seen\nevents`,
    );
    await up();
    expect(readFileSync(join(checkout.folder, "seen"), "utf8")).toBe("prw------- fifo\ndrwx------\n");
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("may write more events than a pipe holds", async () => {
    const many = Array.from({ length: 3000 }, () => ({
      diagnosticEvent: { severity: "debug", message: "x".repeat(200) },
    }));
    checkout.fakeTool("pulumi", `${withEvents([...many, ...failed])}\nevents\nexit 1`);
    expect((await up()).failure).toEqual(failure);
  });

  test("is followed in the user's event log", async () => {
    const file = join(checkout.folder, "own.json");
    for (const args of [["--event-log", file], [`--event-log=${file}`]]) {
      rmSync(join(checkout.folder, "signals"), { force: true });
      checkout.fakeTool("pulumi", `${withEvents(failed)}\nprintf '%s\\n' "$arguments" >arguments\nevents\n${waits}`);
      expect(await up(args)).toEqual({ code: 1, failure });
      expect(signals()).toBe("int\n");
      expect(readFileSync(join(checkout.folder, "arguments"), "utf8").match(/--event-log/g)).toHaveLength(1);
      expect(readFileSync(file, "utf8")).toContain("resOpFailedEvent");
    }
  });

  test("continues after a failure if the user wants it", async () => {
    checkout.fakeTool("pulumi", `${withEvents(failed)}\nevents\ntrap 'echo int >>signals' INT\nsleep 1\nexit 1`);
    expect(await up(["--continue-on-error"])).toEqual({ code: 1, failure });
    expect(signals()).toBe("");
  });

  test("works without mkfifo", async () => {
    checkout.fakeTool("mkfifo", "exit 1");
    checkout.fakeTool("pulumi", `printf '%s\\n' "$*" >arguments; exit 3`);
    process.env.PATH = `${join(checkout.folder, ".tools", "bin")}:${process.env.PATH}`;
    try {
      expect(await up()).toEqual({ code: 3, failure: [] });
    } finally {
      process.env.PATH = process.env.PATH.split(":").slice(1).join(":");
    }
    expect(readFileSync(join(checkout.folder, "arguments"), "utf8")).toBe("up --stack dev\n");
  });

  test("is repeated without the flag only if Pulumi lacks the flag", async () => {
    const help =
      'case "$*" in *--help) echo "HELP"; exit 0 ;; *--event-log*) echo a >>runs; exit 255 ;; *) echo b >>runs; exit 4 ;; esac';
    checkout.fakeTool("pulumi", help);
    expect(await up()).toEqual({ code: 4, failure: [] });
    checkout.fakeTool("pulumi", help.replace("HELP", "--event-log string"));
    expect(await up()).toEqual({ code: 255, failure: [] });
    expect(readFileSync(join(checkout.folder, "runs"), "utf8")).toBe("a\nb\na\n");
  });
});

describe("a run with a view", () => {
  const usualOut = process.stdout.write.bind(process.stdout);
  const { isTTY } = process.stdout;
  let written: string;
  beforeEach(() => {
    written = "";
    process.stdout.isTTY = false; // Pulumi would write to a terminal by itself
    process.stdout.write = (text: string | Uint8Array): boolean => ((written += Buffer.from(text).toString()), true);
  });
  afterEach(() => void Object.assign(process.stdout, { write: usualOut, isTTY }));

  /** Runs `up` with a view that records its calls. */
  const upWithView = async (): Promise<{ calls: string[]; code: number }> => {
    const calls: string[] = [];
    const output: RunOutput = {
      begin: () => void calls.push("begin"),
      take: (chunk) => void calls.push(chunk.toString().trim()),
      end: () => void calls.push(`end after ${observed.length} events`),
      finish: (code) => void calls.push(`finish ${code}`),
    };
    const observers = [(event: EngineEvent) => void observed.push(event)];
    const { code } = await followedRun(target(), ["up"], false, () => undefined, observers, timeouts, output);
    return { calls, code };
  };

  test("keeps Pulumi's output from the terminal, and ends the view after the last event", async () => {
    checkout.fakeTool("pulumi", `${withEvents([beginsNodes])}\necho hidden; events; exit 3`);
    const { calls, code } = await upWithView();
    expect(code).toBe(3);
    expect(calls).toEqual(["begin", "hidden", "end after 1 events", "finish 3"]);
    expect(written).not.toContain("hidden");
  });

  test("shows Pulumi's output if its events cannot be followed", async () => {
    checkout.fakeTool("mkfifo", "exit 1");
    checkout.fakeTool("pulumi", "echo shown; exit 3");
    process.env.PATH = `${join(checkout.folder, ".tools", "bin")}:${process.env.PATH}`;
    try {
      expect(await upWithView()).toEqual({ calls: [], code: 3 });
    } finally {
      process.env.PATH = process.env.PATH.split(":").slice(1).join(":");
    }
    expect(written).toContain("shown");
  });

  test("shows Pulumi's output if Pulumi cannot write its events", async () => {
    checkout.fakeTool("pulumi", 'case "$*" in *--help) ;; *--event-log*) exit 255 ;; *) echo shown; exit 4 ;; esac');
    const { calls, code } = await upWithView();
    expect(code).toBe(4);
    expect(calls).toEqual(["begin", "end after 0 events"]);
    expect(written).toContain("shown");
  });

  test("ends the view if Pulumi cannot be started", async () => {
    checkout.remove();
    await expect(upWithView()).rejects.toThrow();
    checkout = fakeCheckout();
  });
});

const waiting = async (): Promise<void> => {
  while (!existsSync(join(checkout.folder, "waiting"))) await sleep(20);
};

describe("the user's own signals", () => {
  test("Ctrl-C is followed by no other signal: a second one would make Pulumi leave its work unrecorded", async () => {
    // The terminal sends the signal to Pulumi too, which takes its time.
    checkout.fakeTool(
      "pulumi",
      `${withEvents(failed)}\nevents\ntrap 'echo int >>signals' INT TERM\ntouch waiting\nsleep 1\nexit 1`,
    );
    const ended = up();
    await waiting();
    process.emit("SIGINT", "SIGINT");
    expect((await ended).code).toBe(1);
    expect(signals()).toBe("");
  });

  test("SIGTERM goes to Pulumi", async () => {
    checkout.fakeTool("pulumi", `${withEvents([beginsNodes])}\nevents\n${waits}`);
    const ended = up();
    await waiting();
    process.emit("SIGTERM", "SIGTERM");
    expect((await ended).code).toBe(1);
    expect(signals()).toBe("term\n");
  });
});

describe("a run that creates several clusters", () => {
  const cluster = (name: string): object => ({
    resourcePreEvent: {
      metadata: { urn: `urn:pulumi:dev::slipway::slipway:index:WorkloadCluster::${name}`, op: "create" },
    },
  });
  const kind = "urn:pulumi:dev::slipway::slipway:index:ManagementCluster$kind:index:KindCluster::management-kind";
  const beginsKind = { resourcePreEvent: { metadata: { urn: kind, op: "create" } } };
  const kindIsDone = { resOutputsEvent: { metadata: { urn: kind, op: "create" } } };

  test("continues until the other clusters' machines are requested", async () => {
    const events = [cluster("capd"), cluster("other"), beginsKind, ...failed];
    const later = `exec 5>>"$log"; sleep 1; echo '${JSON.stringify(kindIsDone)}' >&5; echo kind >>signals`;
    checkout.fakeTool(
      "pulumi",
      `${withEvents(events)}\nprintf '%s\\n' "$arguments" >arguments\nevents\n${later}\n${waits}`,
    );
    expect(await up([], true)).toEqual({ code: 1, failure });
    expect(signals()).toBe("kind\nint\n");
    expect(readFileSync(join(checkout.folder, "arguments"), "utf8")).toContain("--continue-on-error");
    expect(printed).toEqual([
      "\ncapd-nodes failed. up continues until the machines of the other clusters are requested",
      "\ncapd-nodes failed. up ends the remaining waits; make up continues from here",
    ]);
  });
});

describe("whether an up creates several clusters", () => {
  const settings = (count: number): void => {
    const clusters = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, application: false }));
    const file = join(checkout.folder, "Pulumi.dev.yaml");
    writeFileSync(file, JSON.stringify({ config: { "slipway:clusters": clusters } }));
  };
  const state =
    (...creates: string[]): (() => Promise<ExportedState>) =>
    () =>
      Promise.resolve({
        deployment: {
          resources: creates.map((create) => ({ urn: "", type: "command:local:Command", inputs: { create } })),
        },
      });

  test("follows from the settings and from the state", async () => {
    settings(2);
    expect(await createsClusters(target(), () => Promise.resolve(undefined))).toBe(true);
    expect(await createsClusters(target(), state("steps/wait-for-api"))).toBe(true);
    expect(await createsClusters(target(), state("steps/wait-for-api", "steps/wait-for-nodes"))).toBe(false);
    settings(1);
    const read = jest.fn(state());
    expect(await createsClusters(target(), read)).toBe(false);
    expect(read).not.toHaveBeenCalled();
  });
});

test("unknown outputs are left out", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const outputs = {
    url: unknown,
    kubeconfigs: unknown,
    clusters: [{ name: "a", nodes: unknown }, unknown],
    answer: "x",
  };
  expect(withoutUnknown(outputs)).toEqual({ clusters: [{ name: "a" }], answer: "x" });
});
