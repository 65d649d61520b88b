import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import Ajv from "ajv";
import type { Action } from "../../../cli/commandLine/definition";
import type { FakeCheckout } from "../../helpers/fakeCheckout";
import { openOutputs, fakeStack } from "../../helpers/fakeStack";
import { enterHome, type UserHome } from "../../helpers/userHome";

let mockRoot = "";
jest.mock("../../../system/checkout", () => ({
  get root() {
    return mockRoot;
  },
  toolsRoot: () => mockRoot,
}));
jest.mock("../../../cli/toolchain", () => ({
  pickRoute: ({ print }: { print: (line: string) => void }) => {
    print("route: release");
    return Promise.resolve("release");
  },
  ensureTools: () => Promise.resolve("release"),
}));
jest.mock("../../../system/http", () => ({
  ...jest.requireActual<object>("../../../system/http"),
  askInternet: (url: string) =>
    url.includes("quay.io") ? Promise.reject(new Error("refused")) : Promise.resolve({ ok: true, status: 200 }),
}));

jest.setTimeout(60_000); // each test starts programs, which a busy machine does slowly

let checkout: FakeCheckout;
let home: UserHome;
let stdout: string;
let stderr: string;
const path = process.env.PATH ?? "";

beforeEach(() => {
  checkout = fakeStack();
  mockRoot = checkout.folder;
  home = enterHome();
  process.env.PATH = `${join(mockRoot, ".tools", "bin")}:${path}`;
  process.env.STACK = "dev";
  stdout = stderr = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((stdout += String(text))));
  jest.spyOn(process.stderr, "write").mockImplementation((text) => Boolean((stderr += String(text))));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.STACK;
  process.env.PATH = path;
  home.leave();
  checkout.remove();
});

const load = async (name: string): Promise<Action> => {
  const modules: Record<string, Action>[] = [
    (await import("../../../cli/actions/inspect.ts")) as unknown as Record<string, Action>,
    (await import("../../../cli/actions/outputs.ts")) as unknown as Record<string, Action>,
    (await import("../../../cli/actions/kubeconfig.ts")) as unknown as Record<string, Action>,
  ];
  return modules.flatMap((module) => module[name] ?? [])[0] ?? (() => Promise.reject(new Error(name)));
};

const run = async (name: string, options: Record<string, boolean> = {}, operands: string[] = []): Promise<number> => {
  const action = await load(name);
  return action({ options, operands, passed: [] }, []);
};

const check = (name: string, document: unknown): string[] => {
  const file = join(__dirname, "..", "..", "..", "docs", "reference", `${name}.schema.json`);
  const ajv = new Ajv({ allErrors: true });
  const valid = ajv.validate(JSON.parse(readFileSync(file, "utf8")) as object, document);
  return valid ? [] : [ajv.errorsText()];
};

const calls = (): string => (existsSync(join(mockRoot, "calls")) ? readFileSync(join(mockRoot, "calls"), "utf8") : "");

describe("--json", () => {
  test.each(["status", "plan", "doctor", "outputs"])(
    "of %s prints one document of the documented shape",
    async (name) => {
      await run(name, { json: true });
      expect(check(name, JSON.parse(stdout))).toEqual([]);
      expect(stderr).toMatch(/^(route|stack): /);
    },
  );

  test("of doctor lists the hosts that the stack needs, and names those that do not answer", async () => {
    await run("doctor", { json: true });
    const checks = (JSON.parse(stdout) as { name: string; detail: string }[]).filter(({ name }) => name === "host");
    expect(checks.map(({ detail }) => detail)).toEqual([
      "github.com answers",
      "dl.k8s.io answers",
      "raw.githubusercontent.com answers",
      "registry-1.docker.io answers",
      "gcr.io answers",
      "registry.k8s.io answers",
      "quay.io does not answer: refused",
    ]);
  });

  test("of status has clusters with nodes and load balancers, containers and subnets", async () => {
    expect(await run("status", { json: true })).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      stack: "dev",
      up: true,
      ready: true,
      url: openOutputs.url,
      clusters: [
        {
          name: "capd",
          nodes: [{ name: "capd-control-plane", ready: true, version: "v1.34.4", addresses: ["172.18.0.4"] }],
          loadBalancers: [{ namespace: "default", name: "nginx", addresses: ["172.18.255.248"] }],
        },
      ],
      containers: [{ name: "capd-control-plane", cluster: "capd", role: "control-plane", state: "running" }],
      subnets: ["172.18.0.0/16"],
    });
  });

  test("of status has the shape too where neither Docker nor a cluster answers", async () => {
    checkout.fakeTool("docker", "exit 1");
    checkout.fakeTool("kubectl", "echo no >&2; exit 1");
    await run("status", { json: true });
    const document = JSON.parse(stdout) as object;
    expect(check("status", document)).toEqual([]);
    expect(document).toMatchObject({ ready: false, containers: null, subnets: null, clusters: [{ nodes: null }] });
  });

  test("of status says which containers of a stopped stack run, without a question to its clusters", async () => {
    const rows = ["id-1\\tcapd-lb\\texited", "id-2\\tcapd-cp\\trunning"];
    const record = { version: 1, stack: "dev", stoppedAt: "2026-01-01T20:00:00.000Z", network: "", unready: [] };
    const containers = ["id-1", "id-2", "id-3"].map((id) => ({ id, name: `name-${id}` }));
    mkdirSync(join(mockRoot, ".slipway", "stopped"), { recursive: true });
    writeFileSync(join(mockRoot, ".slipway", "stopped", "dev.json"), JSON.stringify({ ...record, containers }));
    for (const shown of [rows, rows.slice(0, 1)]) {
      checkout.fakeTool("docker", `[ $1 = ps ] && printf '${shown.join("\\n")}\\n'`);
      stdout = "";
      await run("status", { json: true });
      const document = JSON.parse(stdout) as object;
      expect(check("status", document)).toEqual([]);
      const running = shown.length > 1 ? ["capd-cp"] : [];
      expect(document).toMatchObject({
        ready: false,
        stopped: { since: record.stoppedAt, running, stopped: ["capd-lb"] },
        clusters: running.length > 0 ? [{ name: "capd" }] : [],
      });
    }
    await expect(run("plan", { json: true })).rejects.toThrow(
      "stack dev: expected running clusters, got a stopped stack (since 2026-01-01T20:00:00.000Z). Run make start first.",
    );
  });

  test("of status and outputs has the shape too where nothing is up", async () => {
    checkout.fakeTool("pulumi", `case "$*" in *export*) echo '{"deployment": {}}' ;; *) echo '{}' ;; esac`);
    expect(await run("status", { json: true })).toBe(0);
    expect(check("status", JSON.parse(stdout))).toEqual([]);
    expect(JSON.parse(stdout)).toMatchObject({ up: false, ready: false, clusters: [], url: null });
    stdout = "";
    expect(await run("outputs", { json: true })).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ stack: "dev", outputs: {} });
    await expect(run("kubeconfig")).rejects.toThrow(
      "stack dev: expected clusters, got none. Run make up, which creates them.",
    );
  });

  test("of plan prints nothing to standard output after an error", async () => {
    checkout.fakeTool("pulumi", "[ $1 = preview ] && exit 1; echo '{\"deployment\": {}}'");
    await expect(run("plan", { json: true })).rejects.toThrow("the preview failed");
    expect(stdout).toBe("");
  });

  test("of plan has the exit code", async () => {
    expect(await run("plan", { json: true })).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 2 });
  });

  test("of status is refused with --watch", async () => {
    await expect(run("status", { json: true, watch: true })).rejects.toThrow("--json: expected without --watch");
  });

  test("refuses a document of another shape", () => {
    expect(check("status", { stack: "dev" })).not.toEqual([]);
    expect(check("doctor", [{ name: "x", status: "bad", detail: "" }])).not.toEqual([]);
    expect(check("outputs", { stack: "dev", outputs: { kubeconfigs: "apiVersion: v1" } })).not.toEqual([]);
  });
});

describe("outputs", () => {
  test("hides secrets from people and programs", async () => {
    await run("outputs");
    await run("outputs", { json: true });
    expect(stdout).toContain("url: http://172.18.255.248");
    expect(stdout).toContain("kubeconfigs: (secret; --show-secrets prints it)");
    expect(stdout).not.toContain("client-key-data");
    expect(calls()).not.toContain("--show-secrets");
  });

  test("prints secrets with --show-secrets", async () => {
    await run("outputs", { json: true, showSecrets: true });
    const document = JSON.parse(stdout) as { outputs: { kubeconfigs: Record<string, string> } };
    expect(document.outputs.kubeconfigs["capd"]).toContain("client-key-data");
    expect(check("outputs", document)).toEqual([]);
  });
});

describe("a stack that does not exist", () => {
  const reading: [string, Record<string, boolean>, string[]][] = [
    ["status", {}, []],
    ["status", { json: true }, []],
    ["outputs", {}, []],
    ["outputs", { json: true }, []],
    ["kubeconfig", {}, []],
    ["kubeconfig", { merge: true }, []],
    ["kubectl", {}, ["capd"]],
  ];
  test.each(reading)("is said by %s %j in one sentence", async (name, options, operands) => {
    rmSync(join(mockRoot, ".slipway", ".pulumi"), { recursive: true });
    await expect(run(name, options, operands)).rejects.toThrow(
      `stack dev does not exist in file://${mockRoot}/.slipway: make up creates it`,
    );
    expect(calls()).toBe("");
    if (options.json) expect(stdout).toBe("");
  });

  test.each(["status", "outputs"])("is said by %s also where only Pulumi knows it", async (name) => {
    process.env.PULUMI_BACKEND_URL = "https://pulumi.example";
    checkout.fakeTool("pulumi", "echo \"error: no stack named 'dev' found\" >&2; exit 255");
    await expect(run(name, { json: true })).rejects.toThrow("stack dev does not exist in https://pulumi.example");
    checkout.fakeTool("pulumi", "echo 'error: incorrect passphrase' >&2; exit 255");
    await expect(run(name, { json: true })).rejects.toThrow("incorrect passphrase");
    delete process.env.PULUMI_BACKEND_URL;
    expect(stdout).toBe("");
  });
});

describe("kubeconfig", () => {
  test("asks Pulumi once, and takes the files from then on", async () => {
    await run("kubeconfig", {}, ["capd"]);
    expect(stdout).toContain("name: capd-admin@capd");
    await run("kubeconfig", {}, ["clusterapi"]);
    expect(calls().trim().split("\n")).toHaveLength(1);
  });

  test("prints all clusters in one without a name, the workload cluster as the current one", async () => {
    await run("kubeconfig");
    expect(stdout).toContain("current-context: slipway-dev-capd\n");
    expect(stdout).toContain("name: slipway-dev-clusterapi\n");
  });

  test("refuses an unknown name with the known ones, as wrong use", async () => {
    const { UsageError } = await import("../../../cli/commandLine/usageError.ts");
    const invocation = run("kubeconfig", {}, ["cadp"]);
    await expect(invocation).rejects.toThrow(
      'CLUSTER: expected a cluster of stack dev (capd, clusterapi (management)), got "cadp". Did you mean capd?',
    );
    await expect(invocation).rejects.toBeInstanceOf(UsageError);
    await expect(run("kubectl", {}, ["constructor"])).rejects.toBeInstanceOf(UsageError);
    await expect(run("kubeconfig", { remove: true }, ["cadp"])).rejects.toBeInstanceOf(UsageError);
    await expect(run("kubeconfig", { merge: true, remove: true })).rejects.toBeInstanceOf(UsageError);
  });

  test("says of a cluster that is not up yet that it has no kubeconfig", async () => {
    const folder = join(mockRoot, ".slipway", "kubeconfigs", "dev");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "clusterapi.yaml"), "");
    await expect(run("kubeconfig", {}, ["capd"])).rejects.toThrow(
      "cluster capd of stack dev: expected a kubeconfig, got none",
    );
  });

  test("merges and removes", async () => {
    const file = join(home.folder, ".kube", "config");
    expect(await run("kubeconfig", { merge: true }, ["capd"])).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("slipway-dev-capd");
    expect(readFileSync(file, "utf8")).not.toContain("slipway-dev-clusterapi");
    expect(await run("kubeconfig", { remove: true })).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain("slipway-dev-capd");
    expect(await run("kubeconfig", { remove: true }, ["capd"])).toBe(0);
    expect(stdout).toContain("no kubeconfig has an entry");
    expect(stdout + stderr).not.toContain("client-key-data");
  });
});
