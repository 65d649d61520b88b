import { redacted } from "../redaction/rules";
import type { Redact } from "../redaction/text";
import { redactValue } from "../redaction/value";
import { readYaml, toYaml } from "../yaml";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const hidden = (value: unknown): unknown =>
  isMap(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, redacted])) : redacted;

/**
 * A stack file without secrets: what is encrypted in it, the salt, and the values of templateSecrets even where someone
 * wrote them in clear.
 *
 * @throws ProblemError where it is no YAML: then nobody can tell what in it is a secret
 */
export const settingsWithoutSecrets = (text: string, source: string, redact: Redact): string => {
  const [document] = readYaml(text, source);
  if (!isMap(document)) return "";
  const config = isMap(document["config"]) ? document["config"] : {};
  const open = Object.entries(config).map(([key, value]) => [
    key,
    key === "slipway:templateSecrets" || (isMap(value) && "secure" in value) ? hidden(value) : value,
  ]);
  const { encryptionsalt, encryptedkey, ...rest } = document;
  const sealedParts = Object.fromEntries(
    Object.entries({ encryptionsalt, encryptedkey }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, redacted]],
    ),
  );
  return toYaml(
    redactValue({ ...rest, ...sealedParts, config: Object.fromEntries(open) as unknown }, redact) as object,
  );
};
