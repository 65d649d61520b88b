import { valueAt } from "../../lib/base/json";
import { isOwnNamespace, type RawObject } from "./objects";

/** A container whose log is asked for. */
export interface LogPlace {
  namespace: string;
  pod: string;
  container: string;
  /** Of the run before the last start. */
  previous: boolean;
}

interface Status {
  name: string;
  restartCount?: number;
  state?: { terminated?: { exitCode?: number } };
}

/** Containers of the installation's pods that have something to say: those that did their work and ended well do not. */
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
 * Logs out of a node's /var/log/pods: parts that each begin with a line `== PATH`. The runtime's time and stream before
 * each line are cut, and lines it broke are whole again.
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
        const [, tag = "F", said = line] = /^\S+ (?:stdout|stderr) ([FP]) (.*)$/s.exec(line) ?? [];
        return tag === "P" ? said : `${said}\n`;
      });
      return [{ place: [namespace, pod, `${container}-${file}`], text: plain.join("") }];
    });
