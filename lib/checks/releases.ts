import { refuse } from "../problem";
import type { Check } from "./check";

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
  const number = String.raw`(0|[1-9]\d*)`;
  const suffix = String.raw`(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?`;
  if (new RegExp(String.raw`^v?${number}\.${number}\.${number}${suffix}$`).test(value) && value.length <= 64) return;
  refuse({ received: value, rule: "be a full Kubernetes version", remedy: "Write all three numbers, as in v1.34.4" });
};

/** A provider's release. */
export const providerVersion: Check<string> = (value) => {
  if (/^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(value)) return;
  refuse({ received: value, rule: "be a full version", remedy: "Write all three numbers, as in v2.13.0" });
};
