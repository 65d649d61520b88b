import { releaseProbes } from "../../../cli/toolchain/route";
import { check, type Step } from "../harness";
import type { Fault, Host } from "./server";
import { checkEnd, textOf, type World } from "./world";

/** Returns the file that Slipway requests from a host to choose the route. */
const probeOf = (host: Host): string => releaseProbes().find((url) => new URL(url).host === host) ?? "";

/** Milliseconds. Slipway tries three times, for ten seconds each time. */
const longerThanOneTry = 11_000;

/** Returns the steps about the choice of the route. Each step starts with a new clone and without faults. */
export const routeSteps = (world: World): Step[] => {
  const { mirror, stranger } = world;

  const choose = async (expected: "release" | "source"): Promise<string> => {
    const result = await stranger.slipway("route");
    checkEnd(result, true, `the route ${expected}`);
    check(result.stdout.trim() === expected, `the route ${expected}, got\n${textOf(result)}`);
    check(stranger.rememberedRoute === expected, `${expected} to be stored, got ${stranger.rememberedRoute}`);
    return textOf(result);
  };

  /** Returns a step in which one host has a temporary fault, so the route must be release. */
  const recovers = (name: string, host: Host, fault: Fault): Step => ({
    name: `route: ${name}, and the route is release`,
    run: async () => {
      mirror.fault(probeOf(host), fault, 1);
      await choose("release");
      check(mirror.count(probeOf(host)) === 2, `two requests to ${host}, got ${mirror.count(probeOf(host))}`);
    },
  });

  /** Returns a step in which one host has a permanent fault and the other host answers, so no route is chosen. */
  const staysOpen = (name: string, host: Host, breakHost: () => Promise<void> | void, repair = breakHost): Step => ({
    name: `route: ${name}, and the error says to try again, and no route is stored`,
    run: async () => {
      await breakHost();
      const result = await stranger.slipway("route").finally(() => (repair === breakHost ? undefined : repair()));
      checkEnd(result, false, "no route");
      const text = textOf(result);
      check(text.includes(host), `${host} to be named, got\n${text}`);
      check(/again/i.test(text) && text.includes("SLIPWAY_ROUTE"), `both remedies to be named, got\n${text}`);
      check(stranger.rememberedRoute === undefined, `nothing to be stored, got ${stranger.rememberedRoute}`);
    },
  });

  const steps: Step[] = [
    {
      name: "route: both hosts answer, and the route is release",
      run: async () => {
        const text = await choose("release");
        check(text.includes("github.com and dl.k8s.io answer"), `both hosts to be named, got\n${text}`);
        for (const url of releaseProbes()) check(mirror.count(url) === 1, `one request to ${url}`);
        mirror.reset();
        check((await choose("release")).trim() === "release", "no new line to be printed");
        check(mirror.requests.length === 0, `a stored route to send no requests, got ${mirror.requests.join(", ")}`);
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
