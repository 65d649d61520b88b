/** What stands in the place of a secret. */
export const redacted = "[redacted]";

/** A form in which secrets are written, and what becomes of each place that has it. */
export interface Rule {
  pattern: RegExp;
  replace: (match: string, ...groups: string[]) => string;
}

const whole = (pattern: RegExp): Rule => ({ pattern, replace: () => redacted });
const behind = (pattern: RegExp): Rule => ({ pattern, replace: (_, before) => `${before}${redacted}` });

const keyName = "[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----";

/** A line break as files have it, or as JSON and Go write it inside a text. */
const lineBreak = String.raw`(?:\s|\\[nrt])`;

/** Names whose values are secrets, whatever the case of their letters: in kubeconfigs, kubeadm's files, flags and logs. */
const secretNames = [
  "client-key-data",
  "certificate-?key",
  String.raw`(?:[\w.-]*[_.-])?token(?:-?secret)?`,
  String.raw`(?:access|auth|bearer|bootstrap|discovery|id|refresh|session)token`,
  String.raw`[\w.-]*(?:password|passwd|passphrase)`,
  String.raw`[\w.-]*(?:api|access|secret|private|encryption|signing)[_-]?key(?:[_-]?data)?`,
  String.raw`(?:[\w.-]*[_.-]|client|shared)secret`,
  String.raw`(?:[\w.-]*[_.-])?credentials?`,
  "encryptionsalt",
  "secure",
].join("|");

/** Whether a word behind such a name is none of its values: states, openings of more, and what another rule left. */
const isNoValue = (value: string): boolean => /^(\[redacted.*|null|true|false|nil|none|[{[<|>&*].*|)$/i.test(value);

/** A value in double or single quotes, in the quotes of a text inside JSON, or up to the next space. */
const value = String.raw`("(?:[^"\\]|\\.)*"|'[^']*'|\\"[^"]*\\"|[^\s"',;}\]]+)`;

const named: Rule = {
  pattern: new RegExp(
    String.raw`((?<![\w.-])(?:--)?(?:${secretNames})(?:\\?["'])?(?:\s*[:=]\s*|(?<=--[\w-]{1,60})\s+))${value}`,
    "gi",
  ),
  replace: (match, name = "", given = "") => {
    const [, quote = "", inner = ""] = /^(\\?["']?)([^]*?)\1$/.exec(given) ?? [];
    return isNoValue(inner) ? match : `${name}${quote}${redacted}${quote}`;
  },
};

/** Rules in the order in which they are applied. */
export const rules: readonly Rule[] = [
  // PEM keys: whole ones, then those whose end or beginning was cut off.
  whole(new RegExp(`-----BEGIN ${keyName}[^]{0,20000}?-----END ${keyName}`, "g")),
  whole(new RegExp(`-----BEGIN ${keyName}(?:${lineBreak}|[A-Za-z0-9+/=:,-])*`, "g")),
  whole(
    new RegExp(
      `(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{16,}${lineBreak}{1,40})*[A-Za-z0-9+/=]+${lineBreak}{1,40}-----END ${keyName}`,
      "g",
    ),
  ),
  // JSON Web Tokens, as ServiceAccounts have; a cut one lacks parts.
  whole(/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g),
  behind(/(\bauthorization\\?["']?\s*[:=]\s*[["'\\]*(?:(?:bearer|basic)\s+)?)(?!\[redacted)[^\s"',\]\\]+/gi),
  behind(/(\b(?:bearer|basic)\s+)[\w.~+/-]{16,}=*/gi),
  named,
  // Bootstrap tokens: the half before the dot is a name.
  behind(/((?<![a-z0-9])[a-z0-9]{6}\.)[a-z0-9]{16}(?![a-z0-9])/g),
  // User and password of a URL; what stands before a digest is an image's name.
  {
    pattern: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'[\]]{1,200}@(?!sha256:)/gi,
    replace: (_, scheme) => `${scheme}${redacted}@`,
  },
];
