import { type KubernetesObject, podSpecsOf, withLabels } from "./object";

/** A level of Kubernetes' Pod Security Standards, the strictest first. */
export const podSecurityLevels = ["restricted", "baseline", "privileged"] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

const prefix = "pod-security.kubernetes.io/";

/** Labels that hold a namespace's pods to a level: what does not keep to it is refused, and said to who asked. */
export const podSecurityLabels = (level: PodSecurityLevel): Record<string, string> =>
  Object.fromEntries(["enforce", "warn", "audit"].map((mode) => [`${prefix}${mode}`, level]));

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Capabilities that baseline lets a container add. */
const ordinary = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"],
  ...["SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

/** Sysctls that change nothing outside of a pod. */
const safeSysctls = [
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"],
  ...["net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"],
];

/** Sources of volumes that restricted allows; a volume has a name and one of these. */
const plainVolumes = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"],
];

/** A container's view: its own security context, and the pod's where it states nothing. */
const contextsOf = (pod: Fields): { own: Fields; merged: Fields; container: Fields }[] => {
  const shared = fields(pod["securityContext"]);
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((key) =>
    list(pod[key]).map((container) => {
      const own = fields(fields(container)["securityContext"]);
      return { own, merged: { ...shared, ...own }, container: fields(container) };
    }),
  );
};

const hasOnly = (values: unknown[], allowed: readonly string[]): boolean =>
  values.every((value) => typeof value === "string" && allowed.includes(value));

/** Fields of a security context that this knows to judge; a pod with any other is taken for privileged. */
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
    ({ own, merged }) =>
      own["allowPrivilegeEscalation"] === false &&
      merged["runAsNonRoot"] === true &&
      merged["runAsUser"] !== 0 &&
      ["RuntimeDefault", "Localhost"].includes(String(fields(merged["seccompProfile"])["type"])) &&
      list(fields(own["capabilities"])["drop"]).includes("ALL") &&
      hasOnly(list(fields(own["capabilities"])["add"]), ["NET_BIND_SERVICE"]),
  );

/** The strictest level that a pod's spec keeps to; what is not known to be safe counts as privileged. */
export const podSecurityLevel = (pod: unknown): PodSecurityLevel => {
  const spec = fields(pod);
  return isRestricted(spec) ? "restricted" : isBaseline(spec) ? "baseline" : "privileged";
};

/**
 * Labels each namespace of a manifest with the strictest level that all pods of the manifest in it keep to. One that the
 * manifest labels itself, and one without pods, stay as they are.
 */
export const withPodSecurity = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.map((object) => {
    if (object.kind !== "Namespace") return object;
    if (Object.keys(object.metadata.labels ?? {}).some((label) => label.startsWith(prefix))) return object;
    const inside = objects.filter(({ metadata }) => metadata.namespace === object.metadata.name);
    const levels = inside.flatMap((each) => podSpecsOf(each).map(podSecurityLevel));
    const level = levels.sort((a, b) => podSecurityLevels.indexOf(b) - podSecurityLevels.indexOf(a))[0];
    return level === undefined ? object : withLabels(object, podSecurityLabels(level));
  });
