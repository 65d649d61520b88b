import type { HostPort, StackContainer } from "./containers";
import { stopOrder } from "./containers";
import type { PauseRecord } from "./record";

/** Facts before a start. */
export interface StartFacts {
  stack: string;
  record: PauseRecord | undefined;
  /** Containers of the stack. */
  ours: readonly StackContainer[];
  /** Other containers on the network kind. */
  foreign: readonly StackContainer[];
  /** Addresses in the stack's state, by the names of containers. */
  known: Readonly<Record<string, readonly string[]>>;
  /** Name of the management cluster. */
  management: string | undefined;
  /** Id of the network kind; empty without this network. */
  network: string;
}

/** The work of a start. Every list has names of containers, in the order of the work. */
export interface StartPlan {
  /** Containers to stop first: they run with an address of another container, or with a wrong one. */
  toStop: string[];
  /** Containers to connect with their addresses. */
  toConnect: { name: string; addresses: readonly string[] }[];
  toStart: string[];
}

/** Returns the addresses that a container must have; an empty list if nothing recorded them. */
const wantedOf = ({ record, known }: StartFacts, { id, name }: StackContainer): readonly string[] => {
  const recorded = record?.containers.find((container) => container.id === id)?.addresses ?? [];
  return recorded.length > 0 ? recorded : (known[name] ?? []);
};

const lacks = (has: readonly string[], wanted: readonly string[]): boolean =>
  wanted.some((address) => !has.includes(address));

/** Returns the work that brings the stack's containers back at their addresses. */
export const planStart = (facts: StartFacts): StartPlan => {
  const { ours, management } = facts;
  const ordered = stopOrder(ours, management).reverse().flat();
  const wrong = ordered.filter((container) =>
    lacks(container.running ? container.addresses : container.fixedAddresses, wantedOf(facts, container)),
  );
  const wanted = new Set(
    ordered
      .filter((container) => wrong.includes(container) || !container.running)
      .flatMap((container) => wantedOf(facts, container)),
  );
  const inTheWay = ordered.filter(
    (container) =>
      container.running &&
      !wrong.includes(container) &&
      wantedOf(facts, container).length === 0 &&
      container.addresses.some((address) => wanted.has(address)),
  );
  const toStop = [...wrong, ...inTheWay].filter(({ running }) => running);
  const starting = ordered.filter((container) => !container.running || toStop.includes(container));
  // Docker chooses the address of a container without a record, so that one starts when all other containers have theirs.
  const [pinned, free] = [true, false].map((isPinned) =>
    starting.filter((container) => wantedOf(facts, container).length > 0 === isPinned),
  ) as [StackContainer[], StackContainer[]];
  return {
    toStop: toStop.map(({ name }) => name),
    toConnect: wrong.map((container) => ({ name: container.name, addresses: wantedOf(facts, container) })),
    toStart: [...pinned, ...free].map(({ name }) => name),
  };
};

/** A recorded container that Docker no longer has. */
export interface GoneContainer {
  name: string;
  problem: string;
}

/** Returns recorded containers that Docker no longer has, each with the remedy. */
export const goneContainers = ({ stack, record, ours, management }: StartFacts): GoneContainer[] =>
  (record?.containers ?? [])
    .filter(({ id }) => !ours.some((container) => container.id === id))
    .map(({ id, name, cluster, role }) => {
      const replaced = ours.some((container) => container.name === name);
      const got = replaced ? "another container of that name" : "no such container";
      const isFinal = cluster === management || role === "external-load-balancer" || replaced;
      const remedy = isFinal
        ? "Its cluster is lost: run make destroy, then make up."
        : "Run make up, which starts the other containers and replaces this machine.";
      return {
        name,
        problem: `container ${name}: expected ${id.slice(0, 12)} of stack ${stack}, got ${got}. ${remedy}`,
      };
    });

/** Returns the problems with addresses and the network, which no command of Slipway can repair. */
export const startProblems = (facts: StartFacts): string[] => {
  const { record, ours, foreign, network } = facts;
  const stopped = ours.filter(({ running }) => !running);
  const joined = stopped.find(({ networkId }) => networkId !== "" && networkId !== network);
  const before = joined?.networkId ?? record?.network ?? "";
  if (stopped.length > 0 && before !== "" && before !== network) {
    const got = network === "" ? "no such network" : `network ${network.slice(0, 12)}`;
    return [
      `network kind: expected ${before.slice(0, 12)}, which the stopped containers joined, got ${got}. ` +
        "Run make destroy, then make up.",
    ];
  }
  const { toConnect, toStart } = planStart(facts);
  const needed = ours
    .filter(({ name }) => toStart.includes(name) || toConnect.some((container) => container.name === name))
    .flatMap((container) => wantedOf(facts, container).map((address) => ({ name: container.name, address })));
  return foreign.flatMap((other) =>
    needed
      .filter(({ address }) => other.running && other.addresses.includes(address))
      .map(
        ({ name, address }) =>
          `container ${name}: expected its address ${address}, got that address at container ${other.name}. ` +
          `Run docker stop ${other.name}, then make start.`,
      ),
  );
};

/**
 * Returns the problems with ports of this machine that stopped containers need.
 *
 * @param isTaken returns true if a program listens on the port
 * @param userOf returns the name of a running container with the port; undefined if it is another program
 */
export const portProblems = async (
  containers: readonly StackContainer[],
  isTaken: (port: HostPort) => Promise<boolean>,
  userOf: (port: number) => Promise<string | undefined>,
): Promise<string[]> => {
  const needed = containers
    .filter(({ running }) => !running)
    .flatMap(({ name, hostPorts }) => hostPorts.map((port) => ({ name, port })));
  const problems = await Promise.all(
    needed.map(async ({ name, port }) => {
      if (!(await isTaken(port))) return [];
      const user = await userOf(port.hostPort);
      const remedy = user === undefined ? "Stop that program" : `Run docker stop ${user}`;
      return [
        `container ${name}: expected port ${port.hostPort} of this machine, got ` +
          `${user === undefined ? "another program that uses it" : `that port at container ${user}`}. ${remedy}, then make start.`,
      ];
    }),
  );
  return problems.flat();
};
