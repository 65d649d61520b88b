import { must } from "../harness";
import type { ByHand, Journey, Location, Reach, Run, Signal } from "./point";

const begins = (resource: RegExp, later?: number): Location => ({
  moment: "begins",
  resource,
  ...(later === undefined ? {} : { later }),
});
const done = (resource: RegExp): Location => ({ moment: "done", resource });

/** Places of an `up`, in the order in which it comes to them. */
const upPlaces: Readonly<Record<string, Location>> = {
  "network-made": done(/^network$/),
  "kind-create": begins(/^management-kind$/, 5),
  "kind-made": done(/^management-kind$/),
  "kubeconfig-written": done(/^clusterapi-kubeconfig$/),
  "cert-manager-crds": done(/^cert-manager\/CustomResourceDefinitions$/),
  "cert-manager": begins(/^cert-manager\/Deployment\/cert-manager\/cert-manager-webhook$/, 1),
  "certificates-gate": begins(/^cert-manager-webhook$/),
  "docker-provider": done(/^infrastructure-docker\/Deployment\/capd-system\/capd-controller-manager$/),
  "webhook-gate": begins(/^cluster-api-webhooks$/, 1),
  cluster: done(/^capd\/Cluster\/default\/capd$/),
  "control-plane": begins(/^capd\/KubeadmControlPlane\/default\/capd-control-plane$/, 3),
  "api-wait": begins(/^capd-api$/, 5),
  "workload-kubeconfig": done(/^capd-kubeconfig$/),
  cni: done(/^capd-cni\/DaemonSet\/kube-system\/calico-node$/),
  "metallb-pool": done(/^capd-metallb\/IPAddressPool\/metallb-system\/slipway$/),
  "nodes-wait": begins(/^capd-nodes$/, 2),
  application: begins(/^capd-application\/Deployment\/default\/nginx$/, 1),
  request: begins(/^capd-application-request$/),
};

/** Places of a `destroy`, alike; it has removed the clusters' containers before the first. */
const destroyPlaces: Readonly<Record<string, Location>> = {
  containers: { seconds: 7 },
  "cluster-delete": begins(/^capd\/Cluster\/default\/capd$/),
  "kind-delete": begins(/^management-kind$/),
  "network-delete": begins(/^network$/),
};

/** Runs that are cut at each of these places, one after the other. */
const cuts = (
  verb: Run["verb"],
  places: Readonly<Record<string, Location>>,
  signal: Signal,
  reach: Reach,
  names = Object.keys(places),
): Run[] => names.map((name) => ({ verb, point: { name, at: places[name]!, signal, reach } }));

/** An `up` that is cut at all places until it is whole, and a `destroy` alike. */
const longWay = (name: string, signal: Signal, reach: Reach): Journey => ({
  name,
  runs: [
    ...cuts("up", upPlaces, signal, reach),
    { verb: "up" },
    ...cuts("destroy", destroyPlaces, signal, reach),
    { verb: "destroy" },
  ],
});

/** An `up` that is cut once, with a `destroy` right behind it. */
const givenUp = (name: string, signal: Signal, reach: Reach, places: readonly Location[], more = {}): Journey => ({
  name,
  ...more,
  runs: places.flatMap((at, index): Run[] => [
    { verb: "up", point: { name: `${name}-${index + 1}`, at, signal, reach } },
    { verb: "destroy" },
  ]),
});

/** Places after which half of something may be there that no state knows. */
const early: readonly Location[] = [begins(/^network$/), begins(/^management-kind$/, 3), begins(/^cert-manager$/, 6)];

const late: readonly Location[] = [
  begins(/^capd\/Cluster\/default\/capd$/),
  begins(/^capd\/KubeadmControlPlane\/default\/capd-control-plane$/, 8),
  done(/^capd-cni\/DaemonSet\/kube-system\/calico-node$/),
];

const remove = (...filters: string[]): void => {
  const ids = filters.flatMap((filter) => must("docker", ["ps", "--all", "--quiet", "--filter", filter]).split("\n"));
  must("docker", ["rm", "--force", "--volumes", ...ids.filter(Boolean)]);
};

const label = "label=io.x-k8s.kind.cluster";

/** What a hand, or a restart, leaves a whole stack in, for `destroy` to end. */
const hands: readonly ByHand[] = [
  { name: "kind is gone", does: () => remove(`${label}=clusterapi`) },
  { name: "the workload cluster's load balancer is gone", does: () => remove("name=^/?capd-lb$") },
  {
    name: "all containers are stopped",
    does: () => {
      const ids = must("docker", ["ps", "--quiet", "--filter", label]).split("\n").filter(Boolean);
      must("docker", ["stop", "--time", "5", ...ids]);
    },
  },
  {
    name: "the state is there and nothing else is",
    does: () => {
      remove(label);
      must("docker", ["network", "rm", "kind"]);
    },
  },
];

const byHand: Journey = {
  name: "by-hand",
  settings: { application: false, workerReplicas: 0 },
  runs: hands.flatMap((after): Run[] => [{ verb: "up" }, { verb: "destroy", after }]),
};

const seconds = (verb: Run["verb"], at: number, signal: Signal, reach: Reach): Run => ({
  verb,
  point: { name: `${verb}-${at}`, at: { seconds: at }, signal, reach },
});

/** A `stop` and a `start` that are cut, followed by the same command or by the other one. */
const stopAndStart: Journey = {
  name: "stop-start",
  runs: [
    { verb: "up" },
    seconds("stop", 4, "SIGKILL", "all"),
    seconds("stop", 6, "SIGINT", "group"),
    { verb: "stop" },
    seconds("start", 3, "SIGKILL", "all"),
    seconds("start", 8, "SIGKILL", "group"),
    seconds("start", 5, "SIGINT", "group"),
    { verb: "start" },
    seconds("stop", 5, "SIGKILL", "group"),
    { verb: "start" },
    seconds("stop", 7, "SIGINT", "all"),
    { verb: "up" },
    { verb: "stop" },
    seconds("start", 4, "SIGINT", "all"),
    { verb: "stop" },
    { verb: "destroy" },
  ],
};

/** What `make e2e-faults` makes. */
export const fullJourneys: readonly Journey[] = [
  longWay("kill-all", "SIGKILL", "all"),
  longWay("kill-group", "SIGKILL", "group"),
  longWay("interrupt-group", "SIGINT", "group"),
  longWay("interrupt-all", "SIGINT", "all"),
  {
    name: "second-half",
    runs: [
      ...cuts("up", upPlaces, "SIGKILL", "group", ["cluster", "api-wait", "workload-kubeconfig"]),
      ...cuts("up", upPlaces, "SIGKILL", "all", ["metallb-pool", "nodes-wait", "request"]),
      ...cuts("destroy", destroyPlaces, "SIGKILL", "all", ["containers", "kind-delete", "network-delete"]),
      { verb: "destroy" },
    ],
  },
  givenUp("given-up-early", "SIGKILL", "all", early),
  givenUp("given-up-early-interrupted", "SIGINT", "group", early),
  givenUp("given-up-late", "SIGKILL", "all", late),
  givenUp("given-up-late-group", "SIGKILL", "group", late),
  givenUp("node-image", "SIGKILL", "all", [begins(/^node-/, 4)], { withoutNodeImages: true }),
  byHand,
  stopAndStart,
];

/** What CI makes: few starts, since a resumed `up` goes on where the one before it was. */
export const shortJourneys: readonly Journey[] = [
  {
    name: "short",
    runs: [
      ...cuts("up", upPlaces, "SIGKILL", "all", ["kind-create"]),
      { verb: "destroy" },
      ...cuts("up", upPlaces, "SIGKILL", "group", ["network-made", "cert-manager-crds"]),
      ...cuts("up", upPlaces, "SIGINT", "group", ["webhook-gate"]),
      ...cuts("up", upPlaces, "SIGKILL", "all", ["control-plane"]),
      ...cuts("up", upPlaces, "SIGINT", "all", ["cni"]),
      { verb: "up" },
      ...cuts("destroy", destroyPlaces, "SIGKILL", "all", ["cluster-delete"]),
      { verb: "destroy" },
    ],
  },
];

/** Numbers in [0, 1) that follow from a seed: mulberry32. */
const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** A journey whose runs are cut at seconds, by signals and with reaches that follow from the seed. */
export const randomJourney = (seed: number, count: number): Journey => {
  const next = random(seed);
  const runs = Array.from({ length: count }, (_, index): Run => {
    const seconds = Math.round(20 + next() * 500) / 10;
    const signal = next() < 0.5 ? "SIGINT" : "SIGKILL";
    const reach = next() < 0.5 ? "group" : "all";
    return { verb: "up", point: { name: `random-${index + 1}`, at: { seconds }, signal, reach } };
  });
  return { name: `random-${seed}`, runs: [...runs, { verb: "up" }, { verb: "destroy" }] };
};
