import { decodeBase64, holdsSecretManifest } from "./secretText";

/** Parts of the names of fields, variables and flags whose values are secrets. */
const secretWords =
  "pass(?:word|wd|phrase|code)|secret|token|credential|(?:api|access|private|signing|encryption)[_-]?key";

/** Names with these ends say where a secret is, or how a secret is used. */
const openName = /(file|path|dir|name|ref|namespace|ttl|expiration|seconds|mode|type|enabled?|auth)$/i;

/** Values that no secret has: a path, a variable, a number, a duration, a boolean, an empty or a nested value. */
const openValue = /^(|\/.*|\$.*|[\d.]+(ms|[smhd])?|true|false|null|nil|none|[[{|>&*].*)$/i;

/** Matches a private key in PEM. */
const privateKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/;

const quoted = String.raw`"[^"\n]*"|'[^'\n]*'|\$\{\w+\}|[^\s,;}\]"']*`;

/** Matches `name: value`, `name=value`, `"name": "value"` and `--name value`. */
const assignment = new RegExp(
  String.raw`(?<name>[\w.-]*(?:${secretWords})[\w.-]*)["']?(?:\s*[:=][ \t]*|(?<=--[\w-]+)[ \t]+)(?<value>${quoted})`,
  "gi",
);

const secretName = new RegExp(secretWords, "i");
const comment = /^\s*#.*$/gm;

/** Returns true if a name announces a secret, and the value may be the secret itself. */
export const isPlainSecret = (name: string, value: string): boolean =>
  secretName.test(name) && !openName.test(name) && !openValue.test(value.replace(/^(["'])(.*)\1$/, "$2").trim());

/** Returns the values behind names such as `password` in a text without its comments, whether or not they are secrets. */
export const secretAssignments = (text: string): string[] =>
  assignmentsIn(text).flatMap(({ name, value }) => (openName.test(name) ? [] : [value]));

const assignmentsIn = (text: string): { name: string; value: string }[] =>
  [...text.replace(comment, "").matchAll(assignment)].map(({ groups: { name = "", value = "" } = {} }) => ({
    name,
    value,
  }));

/**
 * Returns true for a text with a secret that everybody can read: a private key, a Secret with data, or a value behind a
 * name such as `password`. The text may be in base64 or compressed base64.
 */
export const holdsPlainSecret = (text: string): boolean =>
  [text, decodeBase64(text, shortestEncoded) ?? ""].some(
    (one) =>
      privateKey.test(one) ||
      holdsSecretManifest(one) ||
      assignmentsIn(one).some(({ name, value }) => isPlainSecret(name, value)),
  );

/** Minimum length of base64 in characters. Shorter texts are words. */
const shortestEncoded = 16;
