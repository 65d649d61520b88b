import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Artifact, type BuildContext, orderByNeeds } from "../../../../cli/toolchain/build/artifact";
import { artifactFolder, openCache, type Cache } from "../../../../cli/toolchain/build/cache";
import { takeLock } from "../../../../cli/toolchain/build/lock";
import { formatClock } from "../../../../cli/toolchain/build/progress";
import { findMissing, runArtifacts } from "../../../../cli/toolchain/build/schedule";

let folder: string;
let cache: Cache;
let printed: string[];
const print = (line: string): void => void printed.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-schedule-"));
  cache = openCache("source", folder);
  printed = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deadPid = 2 ** 22 - 3; // above what this kernel hands out

const write = ({ target }: BuildContext, name: string): void => writeFileSync(join(target, "made"), name);

const artifact = (name: string, needs: string[] = [], make?: (context: BuildContext) => unknown): Artifact => ({
  name,
  title: `making ${name}`,
  needs,
  key: `${name}-0123456789abcdef`,
  build: async (context) => {
    await (make ? make(context) : write(context, name));
  },
});

describe("order", () => {
  test("puts needs first", () => {
    const names = orderByNeeds([artifact("c", ["b"]), artifact("b", ["a"]), artifact("a")]).map(({ name }) => name);
    expect(names).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["a circle", [artifact("a", ["b"]), artifact("b", ["a"])], "a -> b -> a"],
    ["an unknown need", [artifact("a", ["x"])], "artifact a needs x"],
    ["a double name", [artifact("a"), artifact("a")], "artifact a: expected a unique name"],
  ])("%s is refused", (_, list, message) => {
    expect(() => orderByNeeds(list)).toThrow(message);
  });
});

describe("run", () => {
  test("builds an artifact after its needs, and passes their folders", async () => {
    const order: string[] = [];
    const list = [
      artifact("top", ["left", "right"], ({ of }) => {
        order.push("top");
        expect(readFileSync(join(of("left"), "made"), "utf8")).toBe("left");
      }),
      ...["left", "right"].map((name) =>
        artifact(name, ["base"], ({ target }) => {
          order.push(name);
          writeFileSync(join(target, "made"), name);
        }),
      ),
      artifact("base", [], () => order.push("base")),
    ];
    expect(await runArtifacts(list, { cache, print, workers: 2 })).toEqual(["base", "left", "right", "top"]);
    expect(order[0]).toBe("base");
    expect(order[3]).toBe("top");
    expect(printed.find((line) => line.startsWith("[1/4] base: making base …"))).toBeDefined();
    expect(printed.some((line) => /^\[4\/4\] top: done in \d+\.\d s, 0:0\d elapsed$/.test(line))).toBe(true);
  });

  test("builds nothing and takes no lock in a second run", async () => {
    let builds = 0;
    const list = [artifact("a", [], () => (builds += 1))];
    await runArtifacts(list, { cache, print });
    writeFileSync(cache.lock, `${process.pid} \n`); // would block for ever
    expect(await runArtifacts(list, { cache, print })).toEqual([]);
    expect(builds).toBe(1);
  });

  test("builds another artifact for another key, and keeps the old one", async () => {
    const old = artifact("a");
    await runArtifacts([old], { cache, print });
    const fresh = { ...old, key: "ffffffffffffffff" };
    expect(await runArtifacts([fresh], { cache, print })).toEqual(["a"]);
    expect(existsSync(artifactFolder(cache, old))).toBe(true);
    expect(artifactFolder(cache, fresh)).toBe(join(cache.artifacts, "a-ffffffffffff"));
  });

  test("builds an artifact again if its result outside of the folder is missing", async () => {
    let there = true;
    const list = [{ ...artifact("image"), present: () => Promise.resolve(there) }];
    await runArtifacts(list, { cache, print });
    expect(await findMissing(cache, list)).toEqual([]);
    there = false;
    expect(await runArtifacts(list, { cache, print })).toEqual(["image"]);
  });

  test("runs exactly as many builds at the same time as workers", async () => {
    let [now, most] = [0, 0];
    const busy = async (): Promise<void> => {
      most = Math.max(most, (now += 1));
      await sleep(20);
      now -= 1;
    };
    const list = ["a", "b", "c", "d", "e", "f"].map((name) => artifact(name, [], busy));
    await runArtifacts(list, { cache, print, workers: 3 });
    expect(most).toBe(3);
  });

  test("names artifact and log after a failure, prints the log's end, and keeps finished artifacts", async () => {
    const list = [
      artifact("good"),
      artifact("bad", ["good"], ({ log }) => {
        for (let line = 1; line <= 40; line += 1) log(`line ${line}\n`);
        throw new Error("the compiler gave up");
      }),
      artifact("later", ["bad"]),
    ];
    const log = join(cache.logs, "bad.log");
    await expect(runArtifacts(list, { cache, print, workers: 2 })).rejects.toThrow(
      `bad (log: ${log}). 1 of 3 are built`,
    );
    expect(printed.some((line) => line.includes("bad: FAILED after"))).toBe(true);
    expect(printed).toContain("   | the compiler gave up");
    expect(printed).toContain("   | line 40");
    expect(printed).not.toContain("   | line 10");
    expect(readdirSync(cache.artifacts)).toEqual(["good-good-0123456"]);
    expect((await findMissing(cache, list)).map(({ name }) => name)).toEqual(["bad", "later"]);
  });

  test("starts no build after a failure, but lets running builds finish", async () => {
    const started: string[] = [];
    const list = [
      artifact("slow", [], async () => {
        started.push("slow");
        await sleep(60);
      }),
      artifact("bad", [], async () => {
        await sleep(5);
        throw new Error("no");
      }),
      artifact("next", [], () => started.push("next")),
    ];
    await expect(runArtifacts(list, { cache, print, workers: 2 })).rejects.toThrow("not built: bad");
    expect(started).toEqual(["slow"]);
    expect(existsSync(artifactFolder(cache, list[0]!))).toBe(true);
    expect(printed.some((line) => /running builds may finish .*slow/.test(line))).toBe(true);
  });

  test("continues after a kill: removes incomplete folders and keeps finished ones", async () => {
    const list = [artifact("a"), artifact("b", ["a"])];
    await runArtifacts([list[0]!], { cache, print });
    const partial = join(cache.artifacts, `b-b-0123456789.partial-${deadPid}`);
    mkdirSync(partial, { recursive: true });
    writeFileSync(cache.lock, `${deadPid} 12345\n`);
    expect(await runArtifacts(list, { cache, print })).toEqual(["b"]);
    expect(existsSync(partial)).toBe(false);
    expect(existsSync(cache.lock)).toBe(false);
  });

  test("builds each artifact once in two simultaneous runs", async () => {
    let builds = 0;
    const list = ["a", "b", "c"].map((name) =>
      artifact(name, [], async () => {
        builds += 1;
        await sleep(15);
      }),
    );
    const both = await Promise.all([1, 2].map(() => runArtifacts(list, { cache, print, workers: 1 })));
    expect(builds).toBe(3);
    expect(both.map((names) => names.length).sort()).toEqual([0, 3]);
    expect(printed.some((line) => line.startsWith(`another run (process ${process.pid})`))).toBe(true);
  });

  test("prints a heartbeat", async () => {
    await runArtifacts([artifact("slow", [], () => sleep(90))], { cache, print, heartbeatMs: 20 });
    expect(
      printed.filter((line) => /^ {3}… 0:00 elapsed, at work: slow \(0\.\d s\)$/.test(line)).length,
    ).toBeGreaterThan(1);
  });

  test("stops before any work if `before` throws, and releases the lock", async () => {
    const before = (): void => {
      throw new Error("not enough disk");
    };
    await expect(runArtifacts([artifact("a")], { cache, print, before })).rejects.toThrow("not enough disk");
    expect(readdirSync(cache.artifacts)).toEqual([]);
    expect(existsSync(cache.lock)).toBe(false);
  });

  test("refuses an artifact that is not in its needs", async () => {
    const list = [artifact("a"), artifact("b", [], ({ of }) => of("a"))];
    await expect(runArtifacts(list, { cache, print, workers: 1 })).rejects.toThrow("not built: b");
    expect(printed).toContain('   | artifact b: expected a in "needs", because its recipe uses a');
  });
});

describe("lock", () => {
  const lock = (): string => join(folder, "lock");

  test("waits for a living holder", async () => {
    const release = await takeLock(lock(), () => undefined, 5);
    let waited = "";
    const second = takeLock(lock(), (pid) => (waited = pid), 5);
    await sleep(20);
    expect(waited).toBe(String(process.pid));
    release();
    (await second)();
    expect(existsSync(lock())).toBe(false);
  });

  test.each([
    ["a dead process", `${deadPid} 1\n`],
    ["a pid that is another process now", `${process.pid} 1\n`],
    ["rubbish", "???"],
  ])("takes over from %s", async (_, text) => {
    writeFileSync(lock(), text);
    const release = await takeLock(lock(), () => undefined, 5);
    expect(readFileSync(lock(), "utf8")).toMatch(new RegExp(`^${process.pid} \\d*\n$`));
    release();
  });

  test.each([
    ["a folder", () => mkdirSync(lock()), "EISDIR"],
    ["a link that leads nowhere", () => symlinkSync(join(folder, "none"), lock()), "a link to a missing file"],
    ["a link to itself", () => symlinkSync("lock", lock()), "ELOOP"],
  ])("refuses %s, which it could wait for without end", async (_, make, got) => {
    make();
    const taken = takeLock(lock(), () => undefined, 5);
    await expect(taken).rejects.toThrow(`${lock()}: expected a lock file that can be read and moved, got `);
    await expect(taken).rejects.toThrow(got);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("serves ten simultaneous processes one after another", async () => {
    writeFileSync(lock(), `${deadPid} 1\n`);
    let holders = 0;
    const turn = async (): Promise<void> => {
      const release = await takeLock(lock(), () => undefined, 2);
      expect((holders += 1)).toBe(1);
      await sleep(2);
      holders -= 1;
      release();
    };
    await Promise.all(Array.from({ length: 10 }, turn));
    expect(readdirSync(folder)).toEqual([]);
  });
});

test.each([
  [7, "0:07"],
  [751.9, "12:31"],
  [3723, "1:02:03"],
])("%d seconds are %s", (seconds, text) => expect(formatClock(seconds)).toBe(text));
