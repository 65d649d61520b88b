import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { mergeIntoUserFile } from "../../../cli/kubeconfig/merge";
import { reportNoState, destroyStack } from "../../../cli/teardown/destroy";
import { kubeconfigText } from "../../helpers/kubeconfigs";
import type { FakeCheckout } from "../../helpers/fakeCheckout";
import { fakeStack } from "../../helpers/fakeStack";
import { enterHome, type UserHome } from "../../helpers/userHome";

jest.setTimeout(60_000); // each test starts programs, which a busy machine does slowly

let home: UserHome;
let checkout: FakeCheckout;
let ownStack: { checkout: string; stack: string };
const path = process.env.PATH ?? "";
const silent = (): void => undefined;

beforeEach(async () => {
  home = enterHome();
  checkout = fakeStack();
  ownStack = { checkout: checkout.folder, stack: "dev" };
  process.env.PATH = `${join(checkout.folder, ".tools", "bin")}:${path}`;
  checkout.fakeTool("docker", "exit 0");
  const kubeconfigs = { capd: kubeconfigText("capd") };
  await mergeIntoUserFile(ownStack, { kubeconfigs, current: "capd", isComplete: true }, silent);
  await mergeIntoUserFile({ ...ownStack, stack: "ha" }, { kubeconfigs, current: "capd", isComplete: true }, silent);
});
afterEach(() => {
  process.env.PATH = path;
  home.leave();
  checkout.remove();
});

const merged = (): string[] => {
  const text = readFileSync(join(home.folder, ".kube", "config"), "utf8");
  return ["dev", "ha"].filter((stack) => text.includes(`slipway-${stack}-capd`));
};

const destroy = (...args: string[]): Promise<number> =>
  destroyStack({ ...ownStack, backend: `file://${ownStack.checkout}/.slipway`, variables: {} }, args, silent);

describe("what was merged into the user's kubeconfig", () => {
  test("goes with a destroyed stack; another stack's entries stay", async () => {
    expect(await destroy()).toBe(0);
    expect(merged()).toEqual(["ha"]);
  });

  test("stays after a destroy of a part of the stack", async () => {
    expect(await destroy("--target", "urn")).toBe(0);
    expect(merged()).toEqual(["dev", "ha"]);
  });

  test("stays where the destroy failed", async () => {
    checkout.fakeTool("pulumi", "[ $1 = destroy ] && exit 3; echo '{\"deployment\": {}}'");
    expect(await destroy()).not.toBe(0);
    expect(merged()).toEqual(["dev", "ha"]);
  });

  test("stays where Docker does not answer", async () => {
    checkout.fakeTool("docker", "exit 1");
    await reportNoState(ownStack.checkout, ownStack.stack, silent);
    expect(merged()).toEqual(["dev", "ha"]);
  });

  test("goes with a stack whose state is lost", async () => {
    expect(await reportNoState(ownStack.checkout, ownStack.stack, silent)).toBe(0);
    expect(merged()).toEqual(["ha"]);
  });
});
