import { createServer, type Server } from "node:http";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { storedFile, manifestStore } from "../../../preflight/manifests/store";
import { publishedTemplate } from "../class/files";
import { check, commandMeanwhile, must, type Step } from "../harness";
import * as their from "../theirCluster";

const lockFile = "manifests.lock.json";
const keeps = { "slipway:installCertManager": "false" };
const label = "app.kubernetes.io/version";
const env = their.theirEnv;

/** Serves a class at an address of this machine, and counts its requests. */
class ClassServer {
  requests = 0;
  private server: Server | undefined;
  private url = "";

  /** Starts the server, and returns the URL of the class. */
  async start(text: string): Promise<string> {
    this.server = createServer((_, response) => {
      this.requests += 1;
      response.end(text);
    });
    await new Promise<void>((resolve) => this.server?.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/class.yaml`;
    return this.url;
  }

  /** Stops the server. */
  stop(): void {
    this.server?.close();
  }

  /** Deletes the downloaded class. */
  removeDownload(): void {
    if (this.url !== "") rmSync(storedFile(this.url, manifestStore("class")), { force: true });
  }
}

/** Steps with a cert-manager that the management cluster has, and with a class from a URL. */
export const keptCertManager = (otherContainers: () => readonly string[]): Step[] => {
  const server = new ClassServer();
  let lock = "";
  let before: string[] = [];
  let uids = "";
  const deployments = (): string =>
    their.theirKubectl(
      "get",
      "deployments",
      "--namespace=cert-manager",
      '--output=jsonpath={range .items[*]}{.metadata.uid} {.metadata.generation}{"\\n"}{end}',
    );
  const waitForDeployments = (): void => {
    const wait = ["wait", "--for=condition=Available", "deployment", "--all", "-n=cert-manager", "--timeout=5m"];
    their.theirKubectl(...wait);
  };
  return [
    {
      name: "installCertManager: false is refused where cert-manager is missing",
      run: () => {
        their.writeTheirStack(keeps);
        their.expectRefusedPreview(
          "installCertManager: expected true where the management cluster has no cert-manager",
        );
      },
    },
    {
      name: "a cert-manager that is there is neither installed again, nor kept if it is old or does not run",
      run: () => {
        const controller = ["deployment/cert-manager", "--namespace=cert-manager"];
        their.theirKubectl("apply", "--filename", join(".tools", "manifests", "cert-manager.yaml"));
        waitForDeployments();
        const version = their.theirKubectl(
          "get",
          ...controller,
          `--output=jsonpath={.metadata.labels.${label.replaceAll(".", "\\.")}}`,
        );
        their.writeTheirStack();
        their.expectRefusedPreview("installCertManager: expected false where the management cluster has a namespace");
        their.writeTheirStack(keeps);
        their.theirKubectl("label", ...controller, "--overwrite", `${label}=v0.16.1`);
        their.expectRefusedPreview("cert-manager in cert-manager: expected version 1.0.0 or later");
        their.theirKubectl("label", ...controller, "--overwrite", `${label}=${version}`);
        their.theirKubectl("scale", "deployment/cert-manager-webhook", "--namespace=cert-manager", "--replicas=0");
        their.theirKubectl(
          "wait",
          "--for=delete",
          "pod",
          "-n=cert-manager",
          "-l=app.kubernetes.io/name=webhook",
          "--timeout=2m",
        );
        their.expectRefusedPreview("got none of webhook");
        their.theirKubectl("scale", "deployment/cert-manager-webhook", "--namespace=cert-manager", "--replicas=1");
        waitForDeployments();
        before = their.theirContents();
        uids = deployments();
      },
    },
    {
      name: "up installs Cluster API alone, with a class from a URL, and the application answers",
      run: async () => {
        lock = readFileSync(lockFile, "utf8");
        const url = await server.start(await publishedTemplate("clusterclass-quick-start.yaml", "source"));
        their.writeTheirStack(keeps, { class: url });
        const { code, stdout, stderr } = await commandMeanwhile("scripts/slipway", ["up"], { env });
        check(code === 0, `up to end with 0, got ${code}\n${`${stdout}${stderr}`.slice(-4000)}`);
        await their.expectAnswer();
        const classes = their.theirKubectl("get", "clusterclasses.cluster.x-k8s.io", "-A", "--output=name").trim();
        check(classes === "clusterclass.cluster.x-k8s.io/quick-start", `the class of the URL, got ${classes}`);
        check(server.requests === 1, `one download of the class, got ${server.requests}`);
        check(Object.hasOwn(JSON.parse(readFileSync(lockFile, "utf8")) as object, url), "the URL's checksum");
        check(deployments() === uids, `the cert-manager of before, got ${deployments()}`);
      },
    },
    {
      name: "the plan of the stack with the kept cert-manager has no change, also when the URL does not answer",
      run: async () => {
        server.stop();
        const { code, stdout, stderr } = await commandMeanwhile("scripts/slipway", ["plan"], { env });
        check(code === 0, `plan to end with 0, got ${code}\n${stdout}${stderr}`);
      },
    },
    {
      name: "destroy keeps the cert-manager",
      always: true,
      run: () => {
        if (before.length === 0) return;
        must("scripts/slipway", ["destroy"], { env, show: true });
        their.expectTheirCluster(before, their.theirNodeId(), otherContainers());
        check(deployments() === uids, `the cert-manager of before, got ${deployments()}`);
        server.removeDownload();
        if (lock !== "") writeFileSync(lockFile, lock);
      },
    },
  ];
};
