import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { keptReports, writeReport } from "../../../cli/report/files";
import { abandonedJournals, openJournal } from "../../../cli/report/journal";
import { reportKilledRuns } from "../../../cli/report/killedRuns";
import { publishReport } from "../../../cli/report/runReport";
import { buildReport } from "../../../lib/report/build";
import type { Report } from "../../../lib/report/model";
import { begin, kindUrn, networkUrn, runFacts, stackFacts } from "../../helpers/reportFacts";

let checkout: string;
let lines: string[];
const print = (line: string): void => void lines.push(line);
const folder = (): string => join(checkout, ".slipway", "reports");
const files = (): string[] => readdirSync(folder()).filter((name) => /\.(html|json)$/.test(name));

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-report-"));
  mkdirSync(join(checkout, ".slipway"), { mode: 0o700 });
  lines = [];
});
afterEach(() => {
  chmodSync(join(checkout, ".slipway"), 0o700);
  rmSync(checkout, { recursive: true, force: true });
});

const reportAt = (minutes: number): Report =>
  buildReport({ ...runFacts(), startedAt: begin + minutes * 60_000, endedAt: begin + minutes * 60_000 }, stackFacts());

describe("the files of a report", () => {
  test("are private, and have the same report as HTML and as JSON", () => {
    const path = writeReport(checkout, reportAt(0));
    expect(path).toBe(".slipway/reports/2026-11-30T18-00-00.000Z_dev_up.html");
    expect(files().map((name) => statSync(join(folder(), name)).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(checkout, path), "utf8")).toContain("slipway up");
    expect(JSON.parse(readFileSync(join(checkout, path.replace(/html$/, "json")), "utf8"))).toEqual(reportAt(0));
  });

  test("of the last twenty runs stay, and files of the user stay too", () => {
    writeReport(checkout, reportAt(0));
    writeFileSync(join(folder(), "notes.html"), "mine");
    for (let index = 1; index <= keptReports + 2; index += 1) writeReport(checkout, reportAt(index));
    expect(files()).toHaveLength(2 * keptReports + 1);
    expect(files()).toContain("notes.html");
    expect(files()[0]).toContain("T18-03-00");
  });
});

describe("a report that cannot be written is one warning", () => {
  const refused = async (reason: RegExp): Promise<void> => {
    expect(await publishReport(checkout, print, () => reportAt(0))).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^warning: the report was not written: /);
    expect(lines[0]).toMatch(reason);
  };

  test("where the folder is a file", async () => {
    writeFileSync(folder(), "");
    await refused(/expected a (usable path|folder)/);
  });

  test("where the folder is a link", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "slipway-elsewhere-"));
    symlinkSync(elsewhere, folder());
    await refused(/expected a folder, got a link/);
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(elsewhere, { recursive: true });
  });

  test("where a link is in the place of the file", async () => {
    const { stack, command } = reportAt(0);
    mkdirSync(folder());
    const target = join(checkout, "target");
    symlinkSync(target, join(folder(), `2026-11-30T18-00-00.000Z_${stack}_${command}.html`));
    await refused(/expected no file/);
    expect(existsSync(target)).toBe(false);
  });

  test("where the disk is full", async () => {
    const full = publishReport(checkout, print, () => {
      throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write", path: "/a" });
    });
    expect(await full).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/^warning: .*a full disk \(ENOSPC\)/)]);
  });
});

/** Returns the pid of a process that has ended. */
const endedPid = (): number => spawnSync("true").pid;

describe("a killed run", () => {
  const head = { command: "up" as const, stack: "dev", settingsChecksum: "a", machine: "b", startedAt: begin };
  const target = () => ({ checkout, stack: "dev", backend: `file://${checkout}/.slipway`, variables: {} });
  const unfinished = (): string => join(folder(), "unfinished");

  /** Leaves the journal of a run whose process has ended. */
  const leaveJournal = (): void => {
    const journal = openJournal(checkout, head);
    journal.add({ at: begin + 1000, kind: "begins", urn: networkUrn, op: "create" });
    journal.add({ at: begin + 3000, kind: "done", urn: networkUrn, op: "create" });
    journal.add({ at: begin + 4000, kind: "begins", urn: kindUrn, op: "create" });
    const [name = ""] = readdirSync(unfinished());
    expect(statSync(join(unfinished(), name)).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(unfinished(), name), "utf8");
    writeFileSync(join(unfinished(), name), `${text.replace(`"pid":${process.pid}`, `"pid":${endedPid()}`)}[1,"be`);
  };

  test("has its report from the next command, once", () => {
    leaveJournal();
    reportKilledRuns(target(), print);
    expect(lines).toEqual([expect.stringMatching(/^report of the killed up: \.slipway\/reports\/.*_dev_up\.html$/)]);
    const [name = ""] = files().filter((file) => file.endsWith(".json"));
    const report = JSON.parse(readFileSync(join(folder(), name), "utf8")) as Report;
    expect(report).toMatchObject({ succeeded: false, interrupted: true, seconds: 4, command: "up" });
    expect(report.failure?.lines[0]).toBe("the run was killed before its end");
    expect(report.resources.map(({ name: resource, result }) => [resource, result])).toEqual([
      ["network", "done"],
      ["management-kind", "unfinished"],
    ]);
    reportKilledRuns(target(), print);
    expect(lines).toHaveLength(1);
  });

  test.each(["", ".gz"])("has the needs of its resources from the state dev.json%s", (ending) => {
    const states = join(checkout, ".slipway", ".pulumi", "stacks", "slipway");
    mkdirSync(states, { recursive: true });
    const resources = runFacts().state;
    const state = JSON.stringify({ checkpoint: { latest: { resources } } });
    writeFileSync(join(states, `dev.json${ending}`), ending === "" ? state : gzipSync(state));
    leaveJournal();
    reportKilledRuns(target(), print);
    const [name = ""] = files().filter((file) => file.endsWith(".json"));
    const report = JSON.parse(readFileSync(join(folder(), name), "utf8")) as Report;
    expect(report.resources.find(({ name: resource }) => resource === "management-kind")?.needs).toHaveLength(1);
  });

  test("of another stack, and a run in progress, have none", () => {
    leaveJournal();
    reportKilledRuns({ ...target(), stack: "other" }, print);
    expect(lines).toEqual([]);
    const journal = openJournal(checkout, { ...head, stack: "other" });
    expect(abandonedJournals(checkout, "other")).toEqual([]);
    journal.remove();
    expect(readdirSync(unfinished())).toHaveLength(1);
  });

  test("whose report cannot be written is one warning, once", () => {
    leaveJournal();
    const [name = ""] = readdirSync(unfinished());
    writeFileSync(join(folder(), "2026-11-30T18-00-00.000Z_dev_up.html"), "");
    reportKilledRuns(target(), print);
    reportKilledRuns(target(), print);
    expect(lines).toEqual([expect.stringMatching(/^warning: the report of the killed run was not written: /)]);
    expect(existsSync(join(unfinished(), name))).toBe(false);
  });

  test("whose journal cannot be written is not disturbed", () => {
    writeFileSync(folder(), "");
    const journal = openJournal(checkout, head);
    journal.add({ at: begin, kind: "begins", urn: networkUrn, op: "create" });
    journal.remove();
    expect(abandonedJournals(checkout, "dev")).toEqual([]);
  });
});
