import { releaseProbes } from "../../../cli/toolchain/route";
import { check, type Step } from "../harness";
import type { Fault, Host } from "./server";
import { checkEnd, textOf, type World } from "./world";

/** Each host that the choice of the route asks, and the file there. */
const probeOf = (host: Host): string => releaseProbes().find((url) => new URL(url).host === host) ?? "";

/** Slipway asks three times, ten seconds each. */
const longerThanOneTry = 11_000;

/** The steps around the choice of the route; each starts with a new clone and without faults. */
export const routeSteps = (world: World): Step[] => {
  const { mirror, stranger } = world;

  const choose = async (expected: "release" | "source"): Promise<string> => {
    const result = await stranger.slipway("route");
    checkEnd(result, true, `the route ${expected}`);
    check(result.stdout.trim() === expected, `the route ${expected}, got\n${textOf(result)}`);
    check(stranger.rememberedRoute === expected, `${expected} to be remembered, got ${stranger.rememberedRoute}`);
    return textOf(result);
  };

  /** One host has a fault that ends, so the answer must be release. */
  const recovers = (name: string, host: Host, fault: Fault): Step => ({
    name: `route: ${name}, and the route is release`,
    run: async () => {
      mirror.fault(probeOf(host), fault, 1);
      await choose("release");
      check(mirror.count(probeOf(host)) === 2, `two questions to ${host}, got ${mirror.count(probeOf(host))}`);
    },
  });

  /** One host has a fault for good while the other answers: nobody knows, so nothing is chosen or remembered. */
  const staysOpen = (name: string, host: Host, breakHost: () => Promise<void> | void, repair = breakHost): Step => ({
    name: `route: ${name}, and Slipway says to try again and remembers nothing`,
    run: async () => {
      await breakHost();
      const result = await stranger.slipway("route").finally(() => (repair === breakHost ? undefined : repair()));
      checkEnd(result, false, "no route");
      const text = textOf(result);
      check(text.includes(host), `${host} to be named, got\n${text}`);
      check(/again/i.test(text) && text.includes("SLIPWAY_ROUTE"), `both remedies to be named, got\n${text}`);
      check(stranger.rememberedRoute === undefined, `nothing to be remembered, got ${stranger.rememberedRoute}`);
    },
  });

  const steps: Step[] = [
    {
      name: "route: both hosts answer, and the route is release",
      run: async () => {
        const text = await choose("release");
        check(text.includes("github.com and dl.k8s.io answer"), `both hosts to be named, got\n${text}`);
        for (const url of releaseProbes()) check(mirror.count(url) === 1, `one question to ${url}`);
        mirror.reset();
        check((await choose("release")).trim() === "release", "nothing new to be said");
        check(mirror.requests.length === 0, `a remembered route to ask nobody, got ${mirror.requests.join(", ")}`);
      },
    },
    recovers("github.com answers 503 once", "github.com", { status: 503 }),
    recovers("dl.k8s.io answers 429 once", "dl.k8s.io", { status: 429, headers: { "retry-after": "1" } }),
    recovers("dl.k8s.io is silent for longer than one try", "dl.k8s.io", { silentMs: longerThanOneTry }),
    staysOpen("dl.k8s.io answers 503 each time", "dl.k8s.io", () =>
      mirror.fault(probeOf("dl.k8s.io"), { status: 503 }),
    ),
    staysOpen(
      "github.com is down while dl.k8s.io answers",
      "github.com",
      () => mirror.stop("github.com"),
      () => mirror.start("github.com"),
    ),
    {
      name: "route: no host can be reached, and the route is source",
      run: async () => {
        for (const host of ["github.com", "dl.k8s.io"] as const) await mirror.stop(host);
        await choose("source").finally(() => Promise.all([mirror.start("github.com"), mirror.start("dl.k8s.io")]));
      },
    },
  ];
  return steps.map((step) => ({
    ...step,
    always: true, // none needs another
    run: () => {
      mirror.reset();
      stranger.forget();
      return step.run();
    },
  }));
};
