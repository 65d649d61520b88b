import { runLimited } from "../../lib/base/concurrency";
import { askInternet, reasonOf } from "../../system/http";
import { askRegistry, imageAddress } from "../images/registry";
import type { Source } from "./stackSources";

/** A source with the answer of its host. */
export interface CheckedSource extends Source {
  /** `unknown` if the host gives no clear answer. */
  readonly state: "there" | "missing" | "unknown";
  /** Why the state is unknown. */
  readonly reason?: string;
}

/** Milliseconds until a request fails. */
const timeoutMs = 10_000;

/** Number of hosts that get requests at the same time. Each host gets one request after the other. */
const hostLimit = 4;

const hostOf = ({ type, location }: Source): string =>
  type === "image" ? imageAddress(location).host : new URL(location).host;

const askFile = async (url: string): Promise<Pick<CheckedSource, "state" | "reason">> => {
  try {
    const { status } = await askInternet(url, { method: "HEAD", signal: AbortSignal.timeout(timeoutMs) });
    if (status < 300) return { state: "there" };
    const isMissing = status === 404 || status === 410;
    return isMissing ? { state: "missing" } : { state: "unknown", reason: `HTTP ${status}` };
  } catch (error) {
    return { state: "unknown", reason: reasonOf(error) };
  }
};

const askImage = async (image: string): Promise<Pick<CheckedSource, "state" | "reason">> => {
  const answer = await askRegistry(image, { timeout: timeoutMs });
  return typeof answer === "string" ? { state: answer } : { state: "unknown", reason: answer.unknown };
};

const order = { there: 0, unknown: 1, missing: 2 };

/**
 * Asks the host of each source: HEAD for a file, the registry's API for an image. Asks at most four hosts at the same time,
 * and waits at most ten seconds for each answer. Returns sources that are there first, and missing sources last.
 */
export const checkSources = async (sources: readonly Source[]): Promise<CheckedSource[]> => {
  const byHost = new Map<string, Source[]>();
  for (const source of sources) {
    const host = hostOf(source);
    byHost.set(host, [...(byHost.get(host) ?? []), source]);
  }
  const checked = await runLimited(
    [...byHost.values()].map((ofHost) => async () => {
      const answers: CheckedSource[] = [];
      for (const source of ofHost) {
        const answer = await (source.type === "image" ? askImage : askFile)(source.location);
        answers.push({ ...source, ...answer });
      }
      return answers;
    }),
    hostLimit,
  );
  return checked.flat().sort((a, b) => order[a.state] - order[b.state]);
};
