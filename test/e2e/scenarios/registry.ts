import { delimiter } from "node:path";
import { classFile, publishedTemplate, writeClass } from "../class/files";
import { check, eventually, must, type Step } from "../harness";
import { PrivateRegistry } from "../registry/privateRegistry";
import type { Scenario } from "../scenario";
import { placesOf, secretsOf } from "../secretPlaces";
import { findSecrets } from "../secretScan";
import { listedClusters, type StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

const base = "dev";

const passwords = ["the first password of the registry", "another password, after a change"] as const;

/** Registries of the scenarios that run, by their stack. */
const registries = new Map<TestStack, PrivateRegistry>();

const registryOf = (stack: TestStack): PrivateRegistry => {
  const registry = registries.get(stack);
  check(registry !== undefined, "a registry that runs");
  return registry!;
};

/** Names and addresses of the nodes' containers. */
const nodes = (): { name: string; address: string }[] =>
  must("docker", ["ps", "--filter", "label=io.x-k8s.kind.role", "--format", "{{.Names}}"])
    .split("\n")
    .filter((name) => name !== "" && !name.endsWith("-lb"))
    .map((name) => ({
      name,
      address: must("docker", [
        "inspect",
        "--format",
        "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
        name,
      ]).trim(),
    }));

/** Claims that each node pulled images of the registry. */
const checkPulls = (registry: PrivateRegistry): void => {
  const pulled = registry.answers().filter(({ status, path }) => status === 200 && path.includes("/blobs/"));
  for (const { name, address } of nodes()) {
    const count = pulled.filter(({ client }) => client.endsWith(address)).length;
    check(
      count > 0,
      `pulls of ${name} (${address}), got those of ${[...new Set(pulled.map((one) => one.client))].join()}`,
    );
  }
};

/** Claims that each node has the login, for root alone. */
const checkLogins = (registry: PrivateRegistry, password: string): void => {
  const auth = Buffer.from(`lab:${password}`).toString("base64");
  for (const { name } of nodes()) {
    const file = "/var/lib/kubelet/config.json";
    const text = must("docker", ["exec", name, "sh", "-c", `stat -c %a ${file} && cat ${file}`]);
    check(text.startsWith("600\n"), `mode 600 of ${file} in ${name}`);
    const { auths } = JSON.parse(text.slice(4)) as { auths: Record<string, { auth: string }> };
    check(Object.keys(auths).join() === registry.host, `only ${registry.host} in ${file} of ${name}`);
    check(auths[registry.host]?.auth === auth, `the present password in ${file} of ${name}`);
  }
};

/** Claims that a pod starts on a node if kubelet asks the registry for its image. */
const checkPod = async (stack: TestStack, cluster: string, node: string, image: string): Promise<void> => {
  const pod = `pull-${node}`;
  const overrides = { spec: { nodeName: node, tolerations: [{ operator: "Exists" }], hostNetwork: true } };
  const command = ["--command", "--", "sleep", "600"];
  const options = [`--image=${image}`, "--image-pull-policy=Always", `--overrides=${JSON.stringify(overrides)}`];
  stack.kubectl(cluster, "run", pod, ...options, ...command);
  await eventually(`pod ${pod} to run`, 90, () => {
    const phase = stack.kubectl(cluster, "get", "pod", pod, "--output", "jsonpath={.status.phase}");
    return phase === "Running" || stack.kubectl(cluster, "describe", "pod", pod).slice(-800);
  });
  stack.kubectl(cluster, "delete", "pod", pod, "--now", "--wait=false");
};

const machines = (stack: TestStack): string =>
  stack.kubectl("clusterapi", "get", "machines.cluster.x-k8s.io", "--all-namespaces", "--output", "name");

const startRegistry = (stack: TestStack): Step => ({
  name: "a registry demands a password, and its certificate is of an authority that no node trusts",
  run: async () => {
    const registry = new PrivateRegistry();
    registries.set(stack, registry);
    await registry.start(passwords[0]);
    stack.env["DOCKER_CONFIG"] = registry.dockerConfig;
    stack.env["PATH"] = [registry.helperFolder, stack.env["PATH"] ?? process.env.PATH].join(delimiter);
    registry.storeLogin(passwords[0]);
  },
});

const stopRegistry = (stack: TestStack): Step => ({
  name: "the registry ends",
  always: true,
  run: () => registryOf(stack).stop(),
});

const before = (stack: TestStack): Step[] => {
  /** Claims that a plan refuses settings. No container exists yet. */
  const refused = (changes: StackSettings, ...says: RegExp[]): void => {
    stack.write(base, { ...registryOf(stack).settings(), ...changes });
    const { code, stdout, stderr } = stack.slipway("plan");
    check(code === 1, `plan to fail, got exit code ${code}\n${stdout}${stderr}`);
    for (const pattern of says) check(pattern.test(stdout + stderr), `${pattern.source}, got\n${stdout}${stderr}`);
  };
  return [
    startRegistry(stack),
    {
      name: "a bundle with a key, a missing login and a wrong password are refused before work",
      run: () => {
        const registry = registryOf(stack);
        registry.storeLogin(undefined);
        refused(
          { caBundle: registry.bundle.replace(/ca\.crt$/, "ca.key") },
          /caBundle: expected certificates without a private key.*, got a private key/,
        );
        refused({}, /imagePullCredentials: expected a login for .*, got none in Docker's config\.json/);
        registry.storeLogin("a password that is not right");
        refused({}, /imagePullCredentials: expected a login for .*, got a login of user lab that .* refuses/);
        registry.storeLogin(passwords[0]);
      },
    },
    {
      name: "doctor prints the commands with which Docker trusts the registry",
      run: () => {
        const registry = registryOf(stack);
        stack.write(base, registry.settings());
        const { stdout } = stack.slipway("doctor");
        const folder = `/etc/docker/certs.d/${registry.host}`;
        for (const text of [`Docker does not trust ${registry.host}: `, `sudo cp ${registry.bundle} ${folder}/ca.crt`])
          check(stdout.includes(text), `"${text}" in what doctor says, got\n${stdout}`);
      },
    },
  ];
};

const steps = (stack: TestStack): Step[] => [
  {
    name: "each node of kind and CAPD pulled its images from the registry, with the login of kubelet",
    run: async () => {
      await stack.answers(stack.outputs().url ?? "no URL");
      checkPulls(registryOf(stack));
      checkLogins(registryOf(stack), passwords[0]);
      stack.expectPlan({}, 0);
    },
  },
  {
    name: "a new password, from a credential helper, reaches all nodes, and no machine is replaced",
    run: async () => {
      const registry = registryOf(stack);
      const machinesBefore = machines(stack);
      registry.setPassword(passwords[1]);
      registry.storeInHelper(passwords[1]);
      stack.up();
      check(machines(stack) === machinesBefore, `the machines ${machinesBefore}, got ${machines(stack)}`);
      checkLogins(registry, passwords[1]);
      const image = String(registry.settings()["applicationImage"]);
      for (const { name } of nodes())
        await checkPod(stack, name.startsWith("clusterapi-") ? "clusterapi" : "capd", name, image);
    },
  },
  {
    name: "a new node pulls its images with the new password",
    run: () => {
      const registry = registryOf(stack);
      registry.forgetAnswers();
      stack.write(base, { ...registry.settings(), workerReplicas: 2 });
      stack.up();
      const worker = nodes().filter(({ address }) => registry.answers().some(({ client }) => client.endsWith(address)));
      check(worker.length > 0, "pulls of the new node");
      checkLogins(registry, passwords[1]);
    },
  },
  {
    name: "no password is readable in logs, state, previews, reports and support archives",
    run: () => {
      const registry = passwords.flatMap((text, index) => [
        { name: `password ${index + 1} of the registry`, text },
        { name: `login ${index + 1} of the registry`, text: Buffer.from(`lab:${text}`).toString("base64") },
      ]);
      const readable = findSecrets([...secretsOf(stack), ...registry], placesOf(stack));
      check(readable.length === 0, `no secret to be readable, got\n${readable.join("\n")}`);
    },
  },
  stopRegistry(stack),
];

/** A registry with a password, and a certificate of an authority that only `caBundle` makes nodes trust. */
export const registry: Scenario = {
  name: "registry",
  title: "nodes pull from a registry with a password and a certificate of its own; a new password replaces no node",
  base,
  start: {},
  first: before,
  steps,
};

const quick = { name: "quick", class: classFile("quick-start"), loadBalancerSlot: 0 };

/** The same registry for a cluster whose class knows nothing of it. */
export const registryClass: Scenario = {
  name: "registry-class",
  title: "nodes of a class get the authority and the login as they join, and pull their images",
  base,
  start: {},
  first: (stack) => [
    startRegistry(stack),
    {
      name: "the settings take the registry and a published class",
      run: async () => {
        writeClass("quick-start", await publishedTemplate("clusterclass-quick-start.yaml", stack.route));
        stack.write(base, { ...registryOf(stack).settings(), ...listedClusters([quick]) });
      },
    },
  ],
  steps: (stack) => [
    {
      name: "each node pulled its images from the registry, and the plan has no change",
      run: async () => {
        await stack.answers(stack.outputs().url ?? "no URL");
        check(nodes().length === 3, `three nodes, got ${nodes().length}`);
        checkPulls(registryOf(stack));
        checkLogins(registryOf(stack), passwords[0]);
        stack.expectPlan({}, 0);
      },
    },
    stopRegistry(stack),
  ],
};
