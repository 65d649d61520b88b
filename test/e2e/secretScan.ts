// The forms of secret bytes in any place, and a search for them. Pure: bytes in, findings out.

/** A secret that must not be readable anywhere. */
export interface Secret {
  /** What to call it in a finding; never its value. */
  name: string;
  text: string;
}

/** Bytes to search, by the name of where they are from. */
export type Places = Readonly<Record<string, Buffer | string>>;

const windowLength = 40;

/**
 * Returns pieces that identify a text: all of a short text, otherwise pieces of its beginning, middle and end. Pieces have
 * no line breaks, because programs write line breaks in different ways. Lines that every PEM file has are left out.
 */
export const windowsOf = (text: string): string[] => {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const telling = lines.filter((line) => line !== "" && !line.startsWith("-----"));
  // The first line of a key names its kind, and so is the same in all keys of that kind.
  const body = telling.length > 2 ? telling.slice(1) : telling;
  const chosen = [body[0], body[Math.floor(body.length / 2)], body.at(-1)].filter((line) => line !== undefined);
  const pieces = chosen.flatMap((line) =>
    line.length <= windowLength ? [line] : [line.slice(-windowLength), line.slice(-2 * windowLength, -windowLength)],
  );
  return [...new Set(pieces)].filter((piece) => piece.length >= minimum);
};

/** Shorter ones would be found by chance. */
const minimum = 16;

/** What base64 of any text holds where the piece stands in that text, for each of the three ways it may be aligned. */
export const base64Of = (piece: string): string[] =>
  [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(piece)]).toString("base64");
    // Characters at both ends also depend on what stands beside the piece.
    const end = Math.floor(((offset + Buffer.byteLength(piece)) * 8) / 6);
    return encoded.slice(Math.ceil((offset * 8) / 6), end);
  });

const once = (piece: string): string[] => base64Of(piece).filter((text) => text.length >= minimum);

/** All texts to search for: pieces as they are, in base64, in base64 of base64 (a kubeconfig in a Secret), and in hex. */
export const needlesOf = ({ text }: Secret): string[] => {
  const windows = windowsOf(text);
  const encoded = windows.flatMap(once);
  return [...windows, ...encoded, ...encoded.flatMap(once), ...windows.map((w) => Buffer.from(w).toString("hex"))];
};

/** Returns the places of readable secrets, as "NAME is readable in PLACE"; no value is repeated. */
export const findSecrets = (secrets: readonly Secret[], places: Places): string[] => {
  const sought = secrets.map((secret) => ({ name: secret.name, needles: [...new Set(needlesOf(secret))] }));
  for (const { name, needles } of sought) if (needles.length === 0) throw new Error(`${name} is too short to look for`);
  return Object.entries(places).flatMap(([place, bytes]) => {
    const content = Buffer.from(bytes);
    return sought
      .filter(({ needles }) => needles.some((needle) => content.includes(needle)))
      .map(({ name }) => `${name} is readable in ${place}`);
  });
};

/** The private keys among PEM texts. */
export const privateKeysIn = (name: string, text: string): Secret[] =>
  [...text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g)].map(
    ([key], index) => ({ name: `${name} (private key ${index + 1})`, text: key }),
  );

/** Client keys and tokens of a kubeconfig, the keys both as they stand there and decoded. */
export const secretsOfKubeconfig = (name: string, text: string): Secret[] => [
  ...[...text.matchAll(/client-key-data: (\S+)/g)].flatMap(([, data = ""]) => [
    { name: `the client key of ${name} as base64`, text: data },
    ...privateKeysIn(`the client key of ${name}`, Buffer.from(data, "base64").toString()),
  ]),
  ...[...text.matchAll(/^\s*token: (\S+)/gm)].map(([, token = ""]) => ({ name: `a token of ${name}`, text: token })),
];

/** Bootstrap tokens (`id.secret`) in a text, by the half that is secret. */
export const bootstrapTokensIn = (name: string, text: string): Secret[] =>
  [...new Set([...text.matchAll(/\b[a-z0-9]{6}\.([a-z0-9]{16})\b/g)].map(([, secret = ""]) => secret))].map(
    (secret) => ({ name: `a bootstrap token of ${name}`, text: secret }),
  );

/** A list of Secrets as `kubectl get secrets --output json` prints it: keys, kubeconfigs and tokens in their values. */
export const secretsOfList = (cluster: string, json: string): Secret[] => {
  const { items } = JSON.parse(json) as {
    items: { metadata: { namespace: string; name: string }; data?: Record<string, string> }[];
  };
  return items.flatMap(({ metadata, data = {} }) =>
    Object.entries(data).flatMap(([key, value]) => {
      const name = `${key} of Secret ${metadata.namespace}/${metadata.name} in ${cluster}`;
      const text = Buffer.from(value, "base64").toString();
      const whole = /^(token|token-secret|secretkey|password)$/.test(key) ? [{ name, text }] : [];
      return [
        ...whole,
        ...privateKeysIn(name, text),
        ...secretsOfKubeconfig(name, text),
        ...bootstrapTokensIn(name, text),
      ];
    }),
  );
};
