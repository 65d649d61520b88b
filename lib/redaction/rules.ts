/** Replacement of a secret. */
export const redacted = "[redacted]";

/** A pattern of secrets, and the replacement of each match. */
export interface Rule {
  pattern: RegExp;
  replace: (match: string, ...groups: string[]) => string;
}

const whole = (pattern: RegExp): Rule => ({ pattern, replace: () => redacted });
const behind = (pattern: RegExp): Rule => ({ pattern, replace: (_, before) => `${before}${redacted}` });

const keyName = "[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----";

/** A line break in a file, or an escaped line break in JSON and Go. */
const lineBreak = String.raw`(?:\s|\\[nrt])`;

/** Names of secret values, in any case: in kubeconfigs, kubeadm's files, flags and logs. */
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

/** Returns true for a word after such a name that is not its value: a state, an opening bracket, or a redaction. */
const isNoValue = (value: string): boolean => /^(\[redacted.*|null|true|false|nil|none|[{[<|>&*].*|)$/i.test(value);

/** A value in double or single quotes, in escaped quotes inside JSON, or up to the next space. */
const value = String.raw`("(?:[^"\\]|\\.)*"|'[^']*'|\\"[^"]*\\"|[^\s"',;}\]]+)`;

const named: Rule = {
  pattern: new RegExp(
    String.raw`((?<![\w.-])(?:--)?(?:${secretNames})(?:\\?["'])?(?:\s*[:=]\s*|(?<=--[\w-]{1,60})\s+))${value}`,
    "gi",
  ),
  replace: (match, name = "", quotedValue = "") => {
    const [, quote = "", inner = ""] = /^(\\?["']?)([^]*?)\1$/.exec(quotedValue) ?? [];
    return isNoValue(inner) ? match : `${name}${quote}${redacted}${quote}`;
  },
};

/** Rules in the order of their application. */
export const rules: readonly Rule[] = [
  // PEM keys: complete keys first, then keys without an end or beginning.
  whole(new RegExp(`-----BEGIN ${keyName}[^]{0,20000}?-----END ${keyName}`, "g")),
  whole(new RegExp(`-----BEGIN ${keyName}(?:${lineBreak}|[A-Za-z0-9+/=:,-])*`, "g")),
  whole(
    new RegExp(
      `(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{16,}${lineBreak}{1,40})*[A-Za-z0-9+/=]+${lineBreak}{1,40}-----END ${keyName}`,
      "g",
    ),
  ),
  // JSON Web Tokens, such as those of ServiceAccounts; a truncated token lacks parts.
  whole(/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g),
  behind(/(\bauthorization\\?["']?\s*[:=]\s*[["'\\]*(?:(?:bearer|basic)\s+)?)(?!\[redacted)[^\s"',\]\\]+/gi),
  behind(/(\b(?:bearer|basic)\s+)[\w.~+/-]{16,}=*/gi),
  named,
  // Bootstrap tokens: the half before the dot is a public id.
  behind(/((?<![a-z0-9])[a-z0-9]{6}\.)[a-z0-9]{16}(?![a-z0-9])/g),
  // User and password of a URL. The text before a digest is an image's name.
  {
    pattern: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'[\]]{1,200}@(?!sha256:)/gi,
    replace: (_, scheme) => `${scheme}${redacted}@`,
  },
];
