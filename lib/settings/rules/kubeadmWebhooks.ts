import { isRecord, listAt, valueAt } from "../../base/json";
import type { Problem } from "../../base/problem";
import type { KubeadmSettings } from "../../cluster/spec";

/** Days for which a certificate authority of Cluster API is valid by default. */
const defaultAuthorityDays = 3650;

/** A tag of an image, as the distribution specification defines it. */
const imageTag = /^\w[\w.-]{0,127}$/;

/**
 * Returns the problems that the webhooks of the kubeadm providers would find when the objects are written.
 *
 * @param featureGates - variables of Cluster API's manifests
 * @param isPool - true for workers, of which the webhook does not compare timeouts
 */
export const kubeadmWebhookProblems = (
  kubeadm: KubeadmSettings,
  key: string,
  featureGates: Readonly<Record<string, string>>,
  isPool = false,
): Problem[] => [
  ...fileProblems(kubeadm, key),
  ...userProblems(kubeadm, key),
  ...diskProblems(kubeadm, key),
  ...ignitionProblems(kubeadm, key, featureGates),
  ...(isPool ? [] : timeoutProblems(kubeadm, key)),
  ...certificateProblems(kubeadm, key),
  ...etcdProblems(kubeadm, key),
  ...tagProblems(kubeadm, key),
];

const bothSources = (item: unknown, plain: string, place: string): Problem[] =>
  isRecord(item) && Object.hasOwn(item, plain) && Object.hasOwn(item, `${plain}From`)
    ? [{ key: place, rule: `${plain} or ${plain}From`, got: "both", remedy: "Remove one of the two" }]
    : [];

const fileProblems = (kubeadm: KubeadmSettings, key: string): Problem[] => {
  const files = listAt(kubeadm, "files");
  const paths = files.map((file) => valueAt(file, "path"));
  return files.flatMap((file, index) => {
    const place = `${key}.files[${index}]`;
    const path = paths[index];
    const first = paths.indexOf(path);
    return [
      ...bothSources(file, "content", place),
      ...(typeof path === "string" && !path.startsWith("/")
        ? [{ key: `${place}.path`, received: path, rule: "an absolute path", remedy: "Write it as /etc/example.conf" }]
        : []),
      ...(path !== undefined && first < index
        ? [
            {
              key: `${place}.path`,
              received: path,
              rule: `another path than ${key}.files[${first}]`,
              remedy: "Remove one of the two",
            },
          ]
        : []),
    ];
  });
};

const userProblems = (kubeadm: KubeadmSettings, key: string): Problem[] =>
  listAt(kubeadm, "users").flatMap((user, index) => bothSources(user, "passwd", `${key}.users[${index}]`));

const diskProblems = (kubeadm: KubeadmSettings, key: string): Problem[] =>
  listAt(kubeadm, "diskSetup", "partitions").flatMap((partition, index) => {
    const layout = valueAt(partition, "diskLayout");
    const parts = (Array.isArray(layout) ? layout : []).map((part) => Number(valueAt(part, "percentage")));
    const total = parts.reduce((result, part) => result + part, 0);
    const place = `${key}.diskSetup.partitions[${index}].diskLayout`;
    const rule = "at most 100 percent in all";
    return total > 100 ? [{ key: place, received: total, rule, remedy: "Lower the percentages" }] : [];
  });

const ignitionGate = "EXP_KUBEADM_BOOTSTRAP_FORMAT_IGNITION";

const ignitionProblems = (
  kubeadm: KubeadmSettings,
  key: string,
  featureGates: Readonly<Record<string, string>>,
): Problem[] => {
  const isIgnition = kubeadm["format"] === "ignition";
  const used = [...(isIgnition ? ["format"] : []), ...(Object.hasOwn(kubeadm, "ignition") ? ["ignition"] : [])];
  if (used.length === 0) return [];
  if (featureGates[ignitionGate] !== "true")
    return used.map((field) => ({
      key: `${key}.${field}`,
      rule: `no Ignition without ${ignitionGate}`,
      got: "one",
      remedy: `Set featureGates.${ignitionGate} to true, or remove it`,
    }));
  if (!isIgnition)
    return [{ key: `${key}.format`, rule: "ignition where ignition is set", remedy: "Set it to ignition" }];
  const unsupported = { rule: "no value where format is ignition", got: "one", remedy: "Remove it" };
  const encoded = listAt(kubeadm, "files").flatMap((file, index) =>
    ["gzip", "gzip+base64"].includes(String(valueAt(file, "encoding"))) ? [`files[${index}].encoding`] : [],
  );
  const inactive = listAt(kubeadm, "users").flatMap((user, index) =>
    valueAt(user, "inactive") === true ? [`users[${index}].inactive`] : [],
  );
  const disks = ["replaceFS", "partition"].flatMap((field) =>
    listAt(kubeadm, "diskSetup", "filesystems").flatMap((one, index) =>
      valueAt(one, field) === undefined ? [] : [`diskSetup.filesystems[${index}].${field}`],
    ),
  );
  const tables = listAt(kubeadm, "diskSetup", "partitions").flatMap((one, index) =>
    ["gpt", undefined].includes(valueAt(one, "tableType") as string)
      ? []
      : [`diskSetup.partitions[${index}].tableType`],
  );
  const commands = Object.hasOwn(kubeadm, "bootCommands") ? ["bootCommands"] : [];
  return [...commands, ...encoded, ...inactive, ...disks, ...tables].map((field) => ({
    key: `${key}.${field}`,
    ...unsupported,
  }));
};

const timeoutProblems = (kubeadm: KubeadmSettings, key: string): Problem[] => {
  const field = "controlPlaneComponentHealthCheckSeconds";
  const [init, join] = ["initConfiguration", "joinConfiguration"].map((one) =>
    valueAt(kubeadm, one, "timeouts", field),
  );
  if (init === join) return [];
  const rule = `the value of initConfiguration.timeouts.${field}`;
  return [{ key: `${key}.joinConfiguration.timeouts.${field}`, received: join, rule, remedy: "Set both to one value" }];
};

const certificateProblems = (kubeadm: KubeadmSettings, key: string): Problem[] => {
  const days = valueAt(kubeadm, "clusterConfiguration", "certificateValidityPeriodDays");
  const authority = valueAt(kubeadm, "clusterConfiguration", "caCertificateValidityPeriodDays") ?? defaultAuthorityDays;
  if (typeof days !== "number" || typeof authority !== "number" || days <= authority) return [];
  const place = `${key}.clusterConfiguration.certificateValidityPeriodDays`;
  const rule = `at most caCertificateValidityPeriodDays (${authority})`;
  return [{ key: place, received: days, rule, remedy: `Set it to ${authority} or less` }];
};

const etcdProblems = (kubeadm: KubeadmSettings, key: string): Problem[] => {
  const has = (one: string): boolean => valueAt(kubeadm, "clusterConfiguration", "etcd", one) !== undefined;
  return has("local") && has("external")
    ? [
        {
          key: `${key}.clusterConfiguration.etcd`,
          rule: "local or external",
          got: "both",
          remedy: "Remove one of the two",
        },
      ]
    : [];
};

const tagProblems = (kubeadm: KubeadmSettings, key: string): Problem[] =>
  [["dns"], ["etcd", "local"]].flatMap((path) => {
    const tag = valueAt(kubeadm, "clusterConfiguration", ...path, "imageTag");
    const place = [key, "clusterConfiguration", ...path, "imageTag"].join(".");
    if (typeof tag !== "string") return [];
    const isVersion = /^v?\d+\.\d+(\.\d+)?/.test(tag);
    if (imageTag.test(tag) && (path[0] !== "dns" || isVersion)) return [];
    const rule = path[0] === "dns" ? "a tag that is a version of CoreDNS" : "a tag of an image";
    return [{ key: place, received: tag, rule, remedy: "Write it as v1.12.1" }];
  });
