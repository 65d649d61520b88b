import { refuse, problemsOf } from "../../base/problem";
import { isVersion } from "../../versions/semver";
import type { Check } from "./check";

/** A whole number within bounds. */
export const between =
  (least: number, most: number): Check<number> =>
  (value) => {
    if (value >= least && value <= most) return;
    refuse({
      received: value,
      rule: `be from ${least} to ${most}`,
      remedy: `Set it to ${value < least ? least : most}`,
    });
  };

/** A number of etcd members. */
export const oddCount: Check<number> = (value) => {
  if ([1, 3, 5, 7].includes(value)) return;
  refuse({
    received: value,
    rule: "be 1, 3, 5 or 7, since etcd runs on the control plane and decides by majority",
    remedy: `Set it to ${value < 1 ? 1 : Math.min(value + ((value + 1) % 2), 7)}`,
  });
};

/** Where a manifest lies: an http(s) URL, or a path. Whether it is there shows when it is read. */
export const manifestLocation: Check<string> = (value) => {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  const good = isUrl ? /^https?:\/\//i.test(value) && URL.canParse(value) : /\S/.test(value);
  if (good && !/\p{Cc}/u.test(value)) return;
  refuse({
    received: value,
    rule: "be an http or https URL, or the path of a file",
    remedy: "Write the URL of a release, or a path relative to the project",
  });
};

/** The path of a file, or empty. Whether it is there shows when it is read. */
export const filePath: Check<string> = (value) => {
  if (!/\p{Cc}/u.test(value)) return;
  const rule = "be a path without line breaks and other control characters";
  refuse({ received: value, rule, remedy: "Write it as images/capd.tar, relative to the project" });
};

/** A container image by tag or digest; one without either would change under our feet. */
export const imageReference: Check<string> = (value) => {
  const host = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?/)?`;
  const part = String.raw`[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`;
  const reference = new RegExp(String.raw`^${host}${part}(?:/${part})*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`);
  const name = value.split("@")[0] ?? "";
  if (reference.test(value) && name.length <= 255 && (value.includes("@") || /:[^/]+$/.test(value))) return;
  refuse({
    received: value,
    rule: "be an image reference with a tag or a digest",
    remedy: "Write it as registry.example.org/path/name:tag, as in kindest/node:v1.34.4",
  });
};

/** A Kubernetes release. */
export const kubernetesVersion: Check<string> = (value) => {
  if (isVersion(value) && value.length <= 64) return;
  refuse({ received: value, rule: "be a full Kubernetes version", remedy: "Write all three numbers, as in v1.34.4" });
};

/** A provider's release. */
export const providerVersion: Check<string> = (value) => {
  if (isVersion(value) && !value.includes("+")) return;
  refuse({ received: value, rule: "be a full version", remedy: "Write all three numbers, as in v2.13.0" });
};

/** Template variables: `{VAR: value}` with text, numbers or booleans as values. */
export const templateVariables: Check<Readonly<Record<string, unknown>>> = (value) => {
  const wrong = Object.entries(value).filter(
    ([name, given]) =>
      !/^[A-Z][A-Z0-9_]*$/.test(name) ||
      !["string", "number", "boolean"].includes(typeof given) ||
      // A line break would end the line of YAML that the value is put into.
      /\p{Cc}/u.test(String(given)),
  );
  if (wrong.length === 0) return;
  refuse({
    received: Object.fromEntries(wrong),
    rule: "map names in capitals to text of one line, numbers or booleans",
    remedy: "Write it as CLUSTER_TOPOLOGY: true",
  });
};

/** The same, of secrets: what is wrong is named without the values. */
export const secretVariables: Check<Readonly<Record<string, unknown>>> = (value) => {
  if (problemsOf(() => templateVariables(value)).length === 0) return;
  refuse({
    rule: "map names in capitals to text",
    remedy: "Write it with pulumi config set --secret --path 'slipway:templateSecrets.NAME'",
  });
};
