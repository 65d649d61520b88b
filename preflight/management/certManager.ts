import { valueAt } from "../../lib/base/json";
import type { Problem } from "../../lib/base/problem";
import { isAtLeast, releaseOf } from "../../lib/versions/semver";

/** The cert-manager in an existing management cluster. */
export interface InstalledCertManager {
  /** Namespace of its controller; absent if no Deployment has the labels of cert-manager's releases. */
  namespace?: string;
  /** Version of its controller, without a leading v; absent if neither a label nor the image shows a version. */
  version?: string;
  /** Deployments of a release that have no available replica, or that are missing. */
  unavailable: string[];
}

/** First release with the API cert-manager.io/v1, which the manifests of Cluster API use. */
const leastVersion = "1.0.0";

/** Names of a release's Deployments in the label of their application. */
const parts = ["cert-manager", "cainjector", "webhook"];

/** Arguments of kubectl that list cert-manager's Deployments. */
export const certManagerQuery = [
  ...["get", "deployments", "--all-namespaces", "--output=json"],
  `--selector=app.kubernetes.io/name in (${parts.join(", ")})`,
];

interface Deployment {
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
}

const nameOf = ({ metadata }: Deployment): string => metadata.labels?.["app.kubernetes.io/name"] ?? "";

/** Returns the version in a text such as `v1.11.5`; undefined for other texts. */
const versionIn = (text: unknown): string | undefined =>
  typeof text === "string" ? releaseOf(text.replace(/^v/, ""))?.version : undefined;

const imageTag = (deployment: Deployment): string | undefined => {
  const [container] = (valueAt(deployment, "spec", "template", "spec", "containers") ?? []) as { image?: string }[];
  return /:([^:/@]+)(@|$)/.exec(container?.image ?? "")?.[1];
};

/** Reads kubectl's answer to `certManagerQuery`. */
export const readCertManager = (json: string): InstalledCertManager => {
  const { items = [] } = JSON.parse(json) as { items?: Deployment[] };
  const controller = items.find((item) => nameOf(item) === "cert-manager");
  if (controller === undefined) return { unavailable: parts };
  const { namespace, labels = {} } = controller.metadata;
  const version = versionIn(labels["app.kubernetes.io/version"]) ?? versionIn(imageTag(controller));
  const isAvailable = (part: string): boolean =>
    items.some(
      (item) =>
        item.metadata.namespace === namespace &&
        nameOf(item) === part &&
        Number(valueAt(item, "status", "availableReplicas") ?? 0) > 0,
    );
  return {
    namespace,
    ...(version === undefined ? {} : { version }),
    unavailable: parts.filter((part) => !isAvailable(part)),
  };
};

const key = "installCertManager";

/**
 * Returns why Slipway cannot keep the cert-manager of a management cluster.
 *
 * @param isOwn - whether this stack created a namespace
 */
export const certManagerProblems = (
  { namespace, version, unavailable }: InstalledCertManager,
  isOwn: (namespace: string) => boolean,
): Problem[] => {
  const problem = { key, received: false };
  if (namespace === undefined) {
    const rule = "true where the management cluster has no cert-manager (no Deployment cert-manager with its labels)";
    return [
      { ...problem, rule, remedy: "Remove it, and Slipway installs cert-manager; or install cert-manager first" },
    ];
  }
  if (isOwn(namespace)) {
    const rule = `true where this stack installed cert-manager (in ${namespace}), which up would delete`;
    return [{ ...problem, rule, remedy: "Remove it" }];
  }
  const place = `cert-manager in ${namespace}`;
  const isOld = version !== undefined && !isAtLeast(version, leastVersion);
  return [
    ...(isOld
      ? [
          {
            key: place,
            rule: `version ${leastVersion} or later, because Cluster API uses the API cert-manager.io/v1`,
            got: version,
            remedy: `Upgrade cert-manager; or remove its installation and ${key}`,
          },
        ]
      : []),
    ...(unavailable.length > 0
      ? [
          {
            key: place,
            rule: `available replicas of its Deployments ${parts.join(", ")}`,
            got: `none of ${unavailable.join(", ")}`,
            remedy: `Repair cert-manager; or remove its installation and ${key}`,
          },
        ]
      : []),
  ];
};
