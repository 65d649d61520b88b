// The whole journey on a real cluster: preview, up, request, up without changes, a look from outside, destroy.
// Its last line is "N passed, N failed".
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { contains } from "../../lib/network/addressRange";
import { loadBalancerRange } from "../../lib/network/loadBalancerRange";
import { addressOf, parseDockerSubnet } from "../../lib/network/parse";
import type { Report } from "../../lib/report/model";
import { address } from "../helpers/addresses";
import { classFile, publishedTemplate, writeClass } from "./class/files";
import { clearEarlierRuns } from "./earlierRuns";
import { check, type Counts, dockerInventory, must, newInDocker, report, runSteps, type Step } from "./harness";
import { SecretManifests } from "./secretManifests";
import { placesOf, secretsOf } from "./secretPlaces";
import { findSecrets, type Places } from "./secretScan";
import { listedClusters } from "./stackFile";
import { expectedInArchive, takeArchive } from "./supportArchive";
import { TestStack } from "./testStack";
import { currentRoute } from "./throwAwayStack";

const stack = new TestStack("e2e", currentRoute());
const manifests = new SecretManifests();

/**
 * One cluster of the quick start's class, with Secrets of its own. The interrupted runs have a cluster of Slipway's own
 * objects.
 */
const settings = listedClusters([
  { name: "capd", class: classFile("quick-start"), loadBalancerSlot: 0, manifests: [manifests.file] },
]);

/** What commands printed on the way, for the search for secrets. */
const printed: Record<string, string> = {};

/** Subnet and gateway of the stack files. */
const range = loadBalancerRange(parseDockerSubnet("172.18.0.0/16"), address("172.18.0.1"));
let before = dockerInventory();

/** Names that the first preview must show, one of each stage. */
const expectedInPreview = [
  "docker:index/network:Network::network",
  "kind:index:KindCluster::management-kind",
  "command:local:Command::cluster-api/CustomResourceDefinitions",
  "kubernetes:apps/v1:Deployment::cert-manager/Deployment/cert-manager/cert-manager-webhook",
  "kubernetes:apps/v1:Deployment::infrastructure-docker/Deployment/capd-system/capd-controller-manager",
  "kubernetes:cluster.x-k8s.io/v1beta2:Cluster::capd/Cluster/default/capd",
  "kubernetes:cluster.x-k8s.io/v1beta2:ClusterClass::class-default-quick-start/ClusterClass/default/quick-start",
  "kubernetes:apps/v1:DaemonSet::capd-cni/DaemonSet/kube-system/calico-node",
  "kubernetes:metallb.io/v1beta1:IPAddressPool::capd-metallb/IPAddressPool/metallb-system/slipway",
  "kubernetes:core/v1:Service::capd-application/Service/default/nginx",
  "command:local:Command::capd-application-request",
];

const steps: Step[] = [
  {
    name: "Docker holds nothing of an earlier run",
    run: () => {
      clearEarlierRuns();
      before = dockerInventory();
    },
  },
  {
    name: "the first preview names every object and the load balancer range, and makes nothing",
    run: async () => {
      writeClass("quick-start", await publishedTemplate("clusterclass-quick-start.yaml", stack.route));
      manifests.write();
      stack.write("dev", settings);
      const preview = stack.preview();
      check(
        preview.every((step) => step.op === "create" || step.op === "read"),
        "creations only",
      );
      for (const end of expectedInPreview) {
        check(
          preview.some((step) => step.urn.endsWith(end)),
          `${end} in the preview`,
        );
      }
      // A manifest's CRDs are one resource, whose input has a line for each.
      const crds = preview
        .filter((step) => step.urn.endsWith("/CustomResourceDefinitions"))
        .flatMap((step) => String(step.newState?.inputs?.stdin).split("\n"));
      check(
        crds.some((line) => line.startsWith("clusters.cluster.x-k8s.io ")),
        "Cluster API's resource types named",
      );
      const named = preview.length + crds.length;
      check(named > 200, `more than 200 resources and CRDs, got ${named}`);
      const pool = preview.find((step) => step.urn.includes(":IPAddressPool::"));
      const spec = pool?.newState?.inputs?.spec as { addresses: string[] };
      check(spec.addresses[0] === range.text, `the pool ${range.text}, got ${spec.addresses[0]}`);
      check(JSON.stringify(dockerInventory()) === JSON.stringify(before), "Docker untouched");
    },
  },
  {
    name: "the first preview shows names and keys of the user's Secrets",
    run: () => {
      printed["the first pulumi preview --json"] = stack.pulumi("preview", "--json");
      const shown = (printed["the first pulumi preview --diff"] = stack.pulumi("preview", "--diff"));
      for (const name of ["text", "encoded", "lines", "listed", "typed", "applied"]) {
        check(shown.includes(`/Secret/default/${name}`), `Secret ${name} in the preview`);
      }
      check(/stringData: \{\s+password: \[secret\]/.test(shown), "a key without its value in the preview");
      check(/open\s*: "in the open"\s+secret\.yaml: \[secret\]/.test(shown), "a ConfigMap's other text in the preview");
    },
  },
  {
    name: "up",
    // What it prints, and each event in full, are stored with the state: a search for secrets finds them there.
    run: () =>
      stack.up({
        show: true,
        copy: join(stack.backend, "up.log"),
        events: join(stack.backend, "events.json"),
      }),
  },
  {
    name: "the application answers over an address of the range",
    run: async () => {
      const { url = "no URL", answer = "" } = stack.outputs();
      check(contains(range, addressOf(new URL(url).hostname)), `${url} inside ${range.text}`);
      const page = await (await fetch(url)).text();
      check(page.includes("Thank you for using nginx"), `nginx's thanks in ${page.slice(0, 200)}`);
      check(answer.includes("Thank you for using nginx"), `nginx's thanks in the output, got ${answer}`);
    },
  },
  {
    name: "another up changes nothing",
    run: () => stack.upChangesNothing(),
  },
  {
    name: "clusterctl and kubectl see the cluster from outside",
    run: () => {
      const described = must("clusterctl", ["describe", "cluster", "capd"], { env: stack.kubeconfig("clusterapi") });
      check(/Cluster default\/capd[,\s].*True\s+Available/.test(described), `an Available cluster, got\n${described}`);
      const nodes = stack.kubectl("capd", "get", "nodes", "--no-headers").trim().split("\n");
      check(
        nodes.length === 2 && nodes.every((node) => / Ready /.test(node)),
        `two Ready nodes, got\n${nodes.join("\n")}`,
      );
      const plan = must("clusterctl", ["get", "kubeconfig", "capd"], { env: stack.kubeconfig("clusterapi") });
      check(plan.includes("server: https://"), "a kubeconfig from clusterctl");
    },
  },
  {
    name: "make support writes one archive that is whole and closed to others",
    run: () => {
      const { names, output } = takeArchive(stack);
      for (const pattern of expectedInArchive) {
        check(
          names.some((name) => pattern.test(name)),
          `${pattern} in the archive, got\n${names.join("\n")}`,
        );
      }
      check(!/^missing:/m.test(output), `nothing to be missing, got\n${output}`);
    },
  },
  {
    name: "make report writes a report of ready clusters, which is closed to others",
    run: () => {
      const { stdout } = stack.slipway("report");
      const [, path = ""] = /^report: (\S+)\.html$/m.exec(stdout) ?? [];
      check((statSync(`${path}.html`).mode & 0o777) === 0o600, `mode 0600 of the report that is named in\n${stdout}`);
      const { clusters, missing, urls } = JSON.parse(readFileSync(`${path}.json`, "utf8")) as Report;
      check(missing.length === 0, `nothing to be missing, got\n${missing.join("\n")}`);
      check(
        clusters.length === 2 && clusters.every(({ isReady }) => isReady === true),
        `two ready clusters, got\n${JSON.stringify(clusters, null, 1).slice(0, 2000)}`,
      );
      check(
        urls.some(({ url }) => url === stack.outputs().url),
        `the stack's URL, got ${JSON.stringify(urls)}`,
      );
    },
  },
  {
    name: "up --diff changes one of the user's Secrets",
    run: () => {
      const value = manifests.change();
      printed["make plan of another Secret"] = stack.slipway("plan").stdout;
      const { code, stdout, stderr } = stack.slipway("up", "--diff");
      printed["make up --diff of another Secret"] = stdout + stderr;
      check(code === 0, `up to change the Secret, got exit code ${code}\n${(stdout + stderr).slice(-3000)}`);
      const data = stack.kubectl("capd", "get", "secret", "text", "--output", "jsonpath={.data.password}");
      check(Buffer.from(data, "base64").toString() === value, "the other value in the cluster");
      check(/password: \[secret\] => \[secret\]/.test(stdout), "a key whose value changes in what up says");
      stack.upChangesNothing();
    },
  },
  {
    name: "up refuses a Secret that the API server would refuse, without its value",
    run: () => {
      manifests.writeRefused();
      for (const [verb, ...args] of [["up", "--diff"], ["plan"]] as const) {
        const { code, stdout, stderr } = stack.slipway(verb, ...args);
        const text = (printed[`make ${verb}, which refused a Secret`] = stdout + stderr);
        check(code !== 0, `${verb} to fail, got exit code ${code}`);
        for (const pattern of [
          /stringData\.pin: expected a string, got a number/,
          /data\.password: expected .* base64/,
        ]) {
          check(pattern.test(text), `${pattern.source} in what ${verb} says, got\n${text}`);
        }
      }
      manifests.restore();
    },
  },
  {
    name: "no secret is readable in state, outputs, previews, logs, errors and the support archive",
    run: () => {
      const secrets = [...secretsOf(stack), ...manifests.secrets];
      for (const kind of [
        "stringData of a Secret",
        "refused Secret",
        "passphrase",
        "client key",
        "bootstrap token",
        "ServiceAccount token",
        "etc/kubernetes/pki",
      ]) {
        check(
          secrets.some(({ name }) => name.includes(kind)),
          `a ${kind} to look for, got ${secrets.map(({ name }) => name).join(", ")}`,
        );
      }
      const places: Places = { ...placesOf(stack), ...printed };
      for (const place of ["events.json", "up.log", "stack export", ".slipway/parsed/", "--diff of another Secret"]) {
        check(
          Object.keys(places).some((name) => name.includes(place)),
          `${place} among the places`,
        );
      }
      const secretsFound = findSecrets(secrets, places);
      check(secretsFound.length === 0, `no secret to be readable, got\n  ${secretsFound.join("\n  ")}`);
      console.log(`         ${secrets.length} secrets, ${Object.keys(places).length} places`);
      // The search itself: it finds them where they belong.
      const inKubeconfigs = findSecrets(secrets, { kubeconfig: Object.values(stack.outputs().kubeconfigs).join("\n") });
      check(inKubeconfigs.length >= 4, `client keys found in their own kubeconfigs, got ${inKubeconfigs.length}`);
    },
  },
  {
    name: "destroy",
    always: true,
    run: () => stack.destroy({ show: true }),
  },
  {
    name: "nothing is left",
    always: true,
    run: () => {
      const left = newInDocker(before, dockerInventory());
      check(left.length === 0, `Docker to hold nothing new, got ${left.join(", ")}`);
    },
  },
  {
    name: "no file is left in the temporary folder",
    always: true,
    run: () => {
      const left = stack.leftInTemporary();
      check(left.length === 0, `an empty temporary folder, got ${left.join(", ")}`);
    },
  },
];

const main = async (): Promise<Counts> => {
  const counts = await runSteps(steps, () => stack.explain());
  manifests.close();
  stack.remove();
  return counts;
};

void report(main);
