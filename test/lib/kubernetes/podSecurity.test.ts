import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseManifest } from "../../../lib/kubernetes/manifest";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { podSecurityLabels, podSecurityLevel, withPodSecurity } from "../../../lib/kubernetes/podSecurity";
import { fetchTimeout, realManifests } from "../../helpers/realManifests";

const container = {
  name: "a",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const pod = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container],
};
const withContext = (context: object) => ({
  ...pod,
  containers: [{ ...container, securityContext: { ...container.securityContext, ...context } }],
});

/** From Kubernetes' page "Pod Security Standards": one row for each control. */
const cases: [string, object, string][] = [
  ["all that restricted asks for", pod, "restricted"],
  ["NET_BIND_SERVICE added", withContext({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }), "restricted"],
  [
    "plain volumes",
    {
      ...pod,
      volumes: [
        { name: "a", secret: {} },
        { name: "b", emptyDir: {} },
      ],
    },
    "restricted",
  ],
  ["a safe sysctl", withShared({ sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start" }] }), "restricted"],
  ["nothing said", { containers: [{ name: "a" }] }, "baseline"],
  ["root", withContext({ runAsUser: 0 }), "baseline"],
  ["root for one container", withContext({ runAsNonRoot: false }), "baseline"],
  ["no seccomp profile", withShared({ seccompProfile: undefined }), "baseline"],
  ["escalation not forbidden", withContext({ allowPrivilegeEscalation: true }), "baseline"],
  ["no capability dropped", withContext({ capabilities: {} }), "baseline"],
  ["CHOWN added", withContext({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } }), "baseline"],
  ["an NFS volume", { ...pod, volumes: [{ name: "a", nfs: {} }] }, "baseline"],
  ["a bad init container", { ...pod, initContainers: [{ name: "b" }] }, "baseline"],
  ["privileged", withContext({ privileged: true }), "privileged"],
  ["NET_RAW added", withContext({ capabilities: { drop: ["ALL"], add: ["NET_RAW"] } }), "privileged"],
  ["seccomp off", withContext({ seccompProfile: { type: "Unconfined" } }), "privileged"],
  ["an unsafe sysctl", withShared({ sysctls: [{ name: "kernel.msgmax" }] }), "privileged"],
  ["a field that is not judged", withContext({ procMount: "Unmasked" }), "privileged"],
  ["a host path", { ...pod, volumes: [{ name: "a", hostPath: { path: "/" } }] }, "privileged"],
  ["a host port", { ...pod, containers: [{ ...container, ports: [{ hostPort: 80 }] }] }, "privileged"],
  ["the host's network", { ...pod, hostNetwork: true }, "privileged"],
  ["the host's processes", { ...pod, hostPID: true }, "privileged"],
  [
    "a privileged init container",
    { ...pod, initContainers: withContext({ privileged: true }).containers },
    "privileged",
  ],
];

function withShared(context: object) {
  return { ...pod, securityContext: { ...pod.securityContext, ...context } };
}

test.each(cases)("a pod with %s", (_, spec, level) => expect(podSecurityLevel(spec)).toBe(level));

const namespace = (labels?: Record<string, string>): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "n", ...(labels ? { labels } : {}) },
});
const deployment = (spec: object, within = "n"): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "d", namespace: within },
  spec: { template: { spec } },
});
const privileged = { ...pod, hostNetwork: true };

describe("withPodSecurity", () => {
  test("takes the level that all pods of the namespace keep to, others do not count", () => {
    const labelled = (...pods: KubernetesObject[]) => withPodSecurity([namespace(), ...pods])[0]?.metadata.labels;
    expect(labelled(deployment(pod))).toEqual(podSecurityLabels("restricted"));
    expect(labelled(deployment(pod), deployment({ containers: [{ name: "a" }] }))).toEqual(
      podSecurityLabels("baseline"),
    );
    expect(labelled(deployment(privileged), deployment(pod))).toEqual(podSecurityLabels("privileged"));
    expect(labelled(deployment(pod), deployment(privileged, "other"))).toEqual(podSecurityLabels("restricted"));
  });

  test("keeps a manifest's own labels, and leaves a namespace without pods alone", () => {
    const privileged = namespace({ "pod-security.kubernetes.io/enforce": "privileged" });
    expect(withPodSecurity([privileged, deployment(pod)])[0]).toEqual(privileged);
    expect(withPodSecurity([namespace()])[0]).toEqual(namespace());
    expect(withPodSecurity([namespace({ a: "b" }), deployment(pod)])[0]?.metadata.labels).toMatchObject({ a: "b" });
  });

  test("never changes anything but labels of namespaces", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(namespace(), deployment(pod), deployment(privileged))), (objects) => {
        const withoutNamespaces = (all: KubernetesObject[]) => all.filter(({ kind }) => kind !== "Namespace");
        expect(withoutNamespaces(withPodSecurity(objects))).toEqual(withoutNamespaces(objects));
      }),
    );
  });
});

test(
  "what is published keeps to these levels",
  async () => {
    const manifests = await realManifests();
    const levels = Object.entries(manifests).flatMap(([file, text]) =>
      withPodSecurity(parseManifest(text, file))
        .filter(({ kind }) => kind === "Namespace")
        .map(({ metadata }) => [metadata.name, metadata.labels?.["pod-security.kubernetes.io/enforce"]]),
    );
    expect(Object.fromEntries(levels)).toEqual({
      "cert-manager": "restricted",
      "capi-system": "restricted",
      "capi-kubeadm-bootstrap-system": "restricted",
      "capi-kubeadm-control-plane-system": "restricted",
      "capd-system": "privileged",
      "metallb-system": "privileged",
      // Made only where a stack names it.
      ...("flannel.yaml" in manifests ? { "kube-flannel": "privileged" } : {}),
    });
  },
  fetchTimeout,
);
