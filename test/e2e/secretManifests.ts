// Manifests with Secrets in every form that users bring, with values that are searched for everywhere.
import { toYaml } from "../../lib/kubernetes/yaml";
import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Secret } from "./secretScan";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const metadata = (name: string): object => ({ name, namespace: "default" });
const secret = (name: string, more: object): object => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: metadata(name),
  ...more,
});

/** A manifest for each value, by what has it. */
const forms: Readonly<Record<string, (value: string) => object>> = {
  "the stringData of a Secret": (value) => secret("text", { stringData: { password: value } }),
  "the data of a Secret": (value) => secret("encoded", { data: { password: base64(value) } }),
  "a text of lines in a Secret": (value) =>
    secret("lines", { stringData: { "app.yaml": `user: me\nkey: ${value}\n` } }),
  "a Secret in a List": (value) => ({
    apiVersion: "v1",
    kind: "List",
    items: [secret("listed", { stringData: { password: value } })],
  }),
  "a Secret in a SecretList": (value) => ({
    apiVersion: "v1",
    kind: "SecretList",
    items: [{ metadata: metadata("typed"), stringData: { password: value } }],
  }),
  "a Secret with the annotation of kubectl": (value) => {
    const applied = secret("applied", { data: { password: base64(value) } });
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(applied) };
    return { ...applied, metadata: { ...metadata("applied"), annotations } };
  },
  "a Secret in a ConfigMap's text": (value) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata("holder"),
    data: { "secret.yaml": toYaml(secret("inner", { stringData: { password: value } })), open: "in the open" },
  }),
};

/** What the API server refuses while it quotes the value. */
const refused: Readonly<Record<string, (value: string) => string>> = {
  "a number in a refused Secret": (value) => toYaml(secret("pin", {})).concat(`stringData: {pin: ${value}}\n`),
  "a text that is not base64 in a refused Secret": (value) => toYaml(secret("plain", { data: { password: value } })),
};

/** A file of manifests outside the checkout; `close` deletes it. */
export class SecretManifests {
  private readonly folder = mkdtempSync(join(tmpdir(), "slipway-secrets-"));
  /** Location for a cluster's `manifests`. */
  readonly file = join(this.folder, "secrets.yaml");
  private readonly written: Secret[] = [];
  private values: Secret[] = [];

  /** Writes all forms. */
  write(): void {
    this.values = Object.keys(forms).map((name) => ({ name, text: randomBytes(15).toString("hex") }));
    this.restore();
    this.written.push(...this.values);
  }

  /**
   * Gives the first form, the Secret default/text, another value, and returns the value. Only one object is replaced:
   * plugins before 4.22 may miss the end of a deletion, and wait for it for ten minutes.
   */
  change(): string {
    const [{ name } = { name: "" }, ...rest] = this.values;
    const changed = { name, text: randomBytes(15).toString("hex") };
    this.values = [changed, ...rest];
    this.restore();
    this.written.push(changed);
    return changed.text;
  }

  /** Writes Secrets that are refused; `restore` brings back what was there before. */
  writeRefused(): void {
    const values = [
      String(randomInt(2 ** 47, 2 ** 48 - 1)).padEnd(16, "7"),
      `not-base64-${randomBytes(10).toString("hex")}`,
    ];
    const secrets = Object.keys(refused).map((name, index) => ({ name, text: values[index]! }));
    this.written.push(...secrets);
    this.save(secrets, (name, value) => refused[name]!(value));
  }

  /** Writes again what was there before `writeRefused`. */
  restore(): void {
    this.save(this.values, (name, value) => toYaml(forms[name]!(value)));
  }

  /** Every value that was ever in the file. */
  get secrets(): readonly Secret[] {
    return this.written;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private save(values: Secret[], text: (name: string, value: string) => string): void {
    writeFileSync(this.file, values.map(({ name, text: value }) => text(name, value)).join("---\n"));
  }
}
