import { type KubernetesObject, podSpecsOf, withLabels } from "./object";

/** Levels of Kubernetes' Pod Security Standards, the strictest first. */
export const podSecurityLevels = ["restricted", "baseline", "privileged"] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

const prefix = "pod-security.kubernetes.io/";

/**
 * Returns labels that enforce a level for a namespace's pods. The API server rejects other pods, and warns the client.
 */
export const podSecurityLabels = (level: PodSecurityLevel): Record<string, string> =>
  Object.fromEntries(["enforce", "warn", "audit"].map((mode) => [`${prefix}${mode}`, level]));

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Capabilities that the level baseline allows a container to add. */
const ordinary = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"],
  ...["SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

/** Sysctls whose effect is limited to a pod. */
const safeSysctls = [
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"],
  ...["net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"],
];

/** Volume sources that the level restricted allows. A volume has a name and one source. */
const plainVolumes = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"],
];

/**
 * Returns the security contexts of all containers: the container's own context, and that context merged with the pod's.
 */
const contextsOf = (pod: Fields): { ownContext: Fields; merged: Fields; container: Fields }[] => {
  const shared = fields(pod["securityContext"]);
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((key) =>
    list(pod[key]).map((container) => {
      const ownContext = fields(fields(container)["securityContext"]);
      return { ownContext, merged: { ...shared, ...ownContext }, container: fields(container) };
    }),
  );
};

const hasOnly = (values: unknown[], allowed: readonly string[]): boolean =>
  values.every((value) => typeof value === "string" && allowed.includes(value));

/** Security context fields that these checks cover. A pod with any other field counts as privileged. */
const knownFields = [
  ...["runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls"],
  ...["supplementalGroups", "capabilities", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem"],
];

const isBaseline = (pod: Fields): boolean => {
  const host = ["hostNetwork", "hostPID", "hostIPC"].some((key) => pod[key] === true);
  const sysctls = list(fields(pod["securityContext"])["sysctls"]).map((sysctl) => fields(sysctl)["name"]);
  return (
    !host &&
    hasOnly(sysctls, safeSysctls) &&
    !list(pod["volumes"]).some((volume) => "hostPath" in fields(volume)) &&
    contextsOf(pod).every(
      ({ merged, container }) =>
        hasOnly(Object.keys(merged), knownFields) &&
        merged["privileged"] !== true &&
        hasOnly(list(fields(merged["capabilities"])["add"]), ordinary) &&
        fields(merged["seccompProfile"])["type"] !== "Unconfined" &&
        !list(container["ports"]).some((port) => Number(fields(port)["hostPort"] ?? 0) !== 0),
    )
  );
};

const isRestricted = (pod: Fields): boolean =>
  isBaseline(pod) &&
  list(pod["volumes"]).every((volume) => hasOnly(Object.keys(fields(volume)), ["name", ...plainVolumes])) &&
  contextsOf(pod).every(
    ({ ownContext, merged }) =>
      ownContext["allowPrivilegeEscalation"] === false &&
      merged["runAsNonRoot"] === true &&
      merged["runAsUser"] !== 0 &&
      ["RuntimeDefault", "Localhost"].includes(String(fields(merged["seccompProfile"])["type"])) &&
      list(fields(ownContext["capabilities"])["drop"]).includes("ALL") &&
      hasOnly(list(fields(ownContext["capabilities"])["add"]), ["NET_BIND_SERVICE"]),
  );

/** Returns the strictest level that a pod's spec meets. A spec that is not known to be safe counts as privileged. */
export const podSecurityLevel = (pod: unknown): PodSecurityLevel => {
  const spec = fields(pod);
  return isRestricted(spec) ? "restricted" : isBaseline(spec) ? "baseline" : "privileged";
};

/**
 * Labels each namespace of a manifest with the strictest level that all pods of the manifest in it meet. A namespace
 * that the manifest labels, and a namespace without pods, stay unchanged.
 */
export const withPodSecurity = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.map((object) => {
    if (object.kind !== "Namespace") return object;
    if (Object.keys(object.metadata.labels ?? {}).some((label) => label.startsWith(prefix))) return object;
    const members = objects.filter(({ metadata }) => metadata.namespace === object.metadata.name);
    const levels = members.flatMap((each) => podSpecsOf(each).map(podSecurityLevel));
    const level = levels.sort((a, b) => podSecurityLevels.indexOf(b) - podSecurityLevels.indexOf(a))[0];
    return level === undefined ? object : withLabels(object, podSecurityLabels(level));
  });
