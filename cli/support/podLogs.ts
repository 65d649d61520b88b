import { valueAt } from "../../lib/base/json";
import { isOwnNamespace, type RawObject } from "./objects";

/** A container whose log is collected. */
export interface LogPlace {
  namespace: string;
  pod: string;
  container: string;
  /** True for the log of the run before the last restart. */
  previous: boolean;
}

interface Status {
  name: string;
  restartCount?: number;
  state?: { terminated?: { exitCode?: number } };
}

/** Selects the containers of the installation's pods, without those that ended successfully. */
export const logPlaces = (objects: readonly RawObject[]): LogPlace[] =>
  objects
    .filter(({ kind, metadata }) => kind === "Pod" && isOwnNamespace(metadata.namespace))
    .flatMap((pod) =>
      ["initContainerStatuses", "containerStatuses"]
        .flatMap((key) => (valueAt(pod, "status", key) as Status[] | undefined) ?? [])
        .filter(({ state }) => state?.terminated?.exitCode !== 0)
        .flatMap(({ name, restartCount = 0 }) => {
          const place = { namespace: pod.metadata.namespace ?? "", pod: pod.metadata.name, container: name };
          return [{ ...place, previous: false }, ...(restartCount > 0 ? [{ ...place, previous: true }] : [])];
        }),
    );

/**
 * Parses logs from a node's /var/log/pods, where each log begins with a line `== PATH`. It removes time and stream from
 * each line, and joins the lines that the container runtime split.
 */
export const logsOfNode = (text: string): { place: string[]; text: string }[] =>
  text
    .split(/^== /m)
    .slice(1)
    .flatMap((part) => {
      const [path = "", ...lines] = part.trimEnd().split("\n");
      const [, namespace = "", pod = "", container = "", file = ""] =
        /^\/var\/log\/pods\/([^_/]+)_([^_/]+)_[^/]+\/([^/]+)\/(.+)$/.exec(path) ?? [];
      if (!isOwnNamespace(namespace)) return [];
      const plain = lines.map((line) => {
        const [, tag = "F", content = line] = /^\S+ (?:stdout|stderr) ([FP]) (.*)$/s.exec(line) ?? [];
        return tag === "P" ? content : `${content}\n`;
      });
      return [{ place: [namespace, pod, `${container}-${file}`], text: plain.join("") }];
    });
