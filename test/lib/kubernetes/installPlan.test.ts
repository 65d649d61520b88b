import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type InstallPart, installPlan, loadBalancerPart } from "../../../lib/kubernetes/installPlan";
import type { Manifest } from "../../../lib/kubernetes/manifest";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { fetchTimeout, realManifests } from "../../helpers/realManifests";
import { userManifest } from "../../helpers/userManifests";

const spaces = ["default", "first", "second", "metallb-system"];
const words = ["a", "b", "c"];
const anyOf = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);

const object = (
  apiVersion: string,
  kind: string,
  more: (word: string, namespace: string) => object,
): fc.Arbitrary<KubernetesObject> =>
  fc.tuple(anyOf(words), anyOf(spaces), anyOf(words)).map(([name, namespace, word]) => ({
    apiVersion,
    kind,
    metadata: { name, namespace },
    ...more(word, namespace),
  }));

const pods = (word: string): object => ({
  spec: {
    template: {
      metadata: { labels: { app: word } },
      spec: { containers: [], volumes: [{ secret: { secretName: word } }] },
    },
  },
});

const groups = ["*", "", "apps", "example.org", "cert-manager.io", "networking.k8s.io", "metallb.io", "other.org"];

const anyObject: fc.Arbitrary<KubernetesObject> = fc.oneof(
  object("v1", "Namespace", () => ({})),
  object("v1", "ConfigMap", () => ({})),
  object("v1", "Secret", () => ({ type: "kubernetes.io/service-account-token" })),
  object("v1", "Service", (word) => ({ spec: { selector: { app: word } } })),
  object("apps/v1", "Deployment", pods),
  object("apps/v1", "DaemonSet", (word) => ({ spec: { template: { metadata: { labels: { app: word } }, spec: {} } } })),
  object("networking.k8s.io/v1", "Ingress", () => ({})),
  object("example.org/v1", "Gadget", () => ({})),
  object("other.org/v1", "Thing", () => ({})),
  object("metallb.io/v1beta1", "IPAddressPool", () => ({})),
  object("cert-manager.io/v1", "Issuer", () => ({ spec: {} })),
  object("cert-manager.io/v1", "Certificate", (word) => ({ spec: { secretName: word } })),
  fc
    .tuple(anyOf(words), anyOf(spaces), anyOf(groups), anyOf(["*/*", "deployments", "certificates", "gadgets"]))
    .map(([name, namespace, group, resource]) => ({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name },
      webhooks: [
        { clientConfig: { service: { name, namespace } }, rules: [{ apiGroups: [group], resources: [resource] }] },
      ],
    })),
  fc.tuple(anyOf(words), anyOf(spaces), anyOf(groups)).map(([name, namespace, group]) => ({
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name },
    spec: { group, service: { name, namespace } },
  })),
);

const crdNames = ["gadgets.example.org", "issuers.cert-manager.io", "as.unused.org"];
const anyManifest = fc.record({
  objects: fc.array(anyObject, { maxLength: 12 }),
  crds: fc.subarray(crdNames).map((names) => names.map((name) => ({ name, sha256: name, conversion: "first/a" }))),
});
const anyManifests: fc.Arbitrary<Manifest[]> = fc
  .array(anyManifest, { maxLength: 4 })
  .map((manifests) => manifests.map((manifest, index) => ({ name: `m${index}`, ...manifest })));

const metalLb: Manifest = {
  name: "metallb",
  crds: [{ name: "ipaddresspools.metallb.io", sha256: "1" }],
  objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "metallb-system" } }],
};

/** Returns the names that a part waits for and that a later part still provides. */
const early = (plan: readonly InstallPart[]): string[] =>
  plan.flatMap(({ after }, index) => {
    const open = new Set(plan.slice(index).flatMap(({ names }) => names));
    return after.filter((name) => open.has(name));
  });

test("every object of any manifests comes once, and after all that it waits for", () => {
  fc.assert(
    fc.property(anyManifests, fc.boolean(), (manifests, hasMetalLb) => {
      const plan = installPlan(manifests, hasMetalLb ? metalLb : undefined);
      expect(early(plan)).toEqual([]);
      const planned = plan.flatMap((part) => (part.type === "object" ? [part.object] : []));
      const objects = manifests.flatMap((manifest) => manifest.objects);
      expect(new Set(planned)).toEqual(new Set(objects));
      expect(planned).toHaveLength(objects.length);
    }),
    { numRuns: 300 },
  );
});

test("MetalLB's objects wait for MetalLB only if Slipway installs it", () => {
  const pool: KubernetesObject = {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name: "a", namespace: "metallb-system" },
  };
  const manifests = [{ name: "m", crds: [], objects: [pool] }];
  const waits = (loadBalancer?: Manifest): boolean =>
    installPlan(manifests, loadBalancer)[0]?.after.includes(loadBalancerPart) ?? false;
  expect([waits(metalLb), waits()]).toEqual([true, false]);
});

test(
  "the manifest of cert-manager needs one gate for an issuer in another file, and none alone",
  async () => {
    const certManager = userManifest("cert-manager.yaml", (await realManifests())["cert-manager.yaml"] ?? "");
    const issuer = userManifest(
      "issuer.yaml",
      "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: self}\nspec: {selfSigned: {}}\n",
    );
    const gates = (manifests: Manifest[]): string[] =>
      installPlan(manifests).flatMap((part) => (part.type === "gate" ? [part.name] : []));
    expect(gates([certManager])).toEqual([]);
    expect(gates([issuer, certManager])).toEqual(["cert-manager-webhook"]);
  },
  fetchTimeout,
);
