import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { FakeCheckout } from "../../helpers/fakeCheckout";
import { fakeStack, openOutputs } from "../../helpers/fakeStack";
import { enterHome, type UserHome } from "../../helpers/userHome";

let mockRoot = "";
jest.mock("../../../system/checkout", () => ({
  get root() {
    return mockRoot;
  },
  toolsRoot: () => mockRoot,
}));
jest.mock("../../../cli/toolchain", () => ({
  pickRoute: () => Promise.resolve("release"),
  ensureTools: () => Promise.resolve("release"),
}));

jest.setTimeout(60_000); // each test starts programs, which a busy machine does slowly

let checkout: FakeCheckout;
let home: UserHome;
let stdout: string;
const { PATH: path = "", DISPLAY: display } = process.env;

beforeEach(() => {
  checkout = fakeStack();
  mockRoot = checkout.folder;
  home = enterHome();
  process.env.PATH = `${join(mockRoot, ".tools", "bin")}:${path}`;
  process.env.STACK = "dev";
  delete process.env.DISPLAY;
  delete process.env.WAYLAND_DISPLAY;
  stdout = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((stdout += String(text))));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.STACK;
  process.env.PATH = path;
  if (display !== undefined) process.env.DISPLAY = display;
  home.leave();
  checkout.remove();
});

const run = async (options: Record<string, boolean> = {}): Promise<number> => {
  const { report } = await import("../../../cli/actions/writeReport.ts");
  return report({ options, operands: [], passed: [] }, []);
};

const pathIn = (text: string): string => join(mockRoot, /^report: (\S+\.html)$/m.exec(text)?.[1] ?? "");

describe("slipway report", () => {
  test("writes a report of the stack, and prints its path", async () => {
    expect(await run()).toBe(0);
    const page = readFileSync(pathIn(stdout), "utf8");
    expect(page).toContain("<h1>Stack dev");
    expect(page).toContain(`href="${openOutputs.url}"`);
  });

  test("says that the machine has no display, instead of opening the report", async () => {
    expect(await run({ open: true })).toBe(0);
    expect(stdout).toMatch(/this machine has no display: open the file in a browser\n$/);
  });

  test("opens the report where a display exists", async () => {
    process.env.DISPLAY = ":0";
    const opened = join(mockRoot, "opened");
    checkout.fakeTool("xdg-open", `echo "$1" >"${opened}.part"; mv "${opened}.part" "${opened}"`);
    expect(await run({ open: true })).toBe(0);
    for (let attempts = 0; !existsSync(opened) && attempts < 200; attempts += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readFileSync(opened, "utf8").trim()).toBe(pathIn(stdout));
    expect(stdout).not.toContain("no display");
  });

  test("refuses a stack that does not exist", async () => {
    rmSync(join(mockRoot, ".slipway", ".pulumi"), { recursive: true });
    await expect(run()).rejects.toThrow(/stack dev does not exist/);
  });
});
