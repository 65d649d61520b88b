import { isRecord } from "../../base/json";
import { type Problem, ProblemError, typeName } from "../../base/problem";
import { readYaml } from "../yaml";

/** The lists of a kubeconfig. */
export const sections = ["clusters", "contexts", "users"] as const;

/** The name of a list of a kubeconfig. */
export type Section = (typeof sections)[number];

/** Key of an entry's body, by the list. */
export const bodyKeys = { clusters: "cluster", contexts: "context", users: "user" } as const;

/** An entry of a list. Its body is under the key of the list's `bodyKeys`. */
export interface Entry {
  name: string;
  [key: string]: unknown;
}

/** A user's kubeconfig with all its fields, in their order. */
export type Config = Readonly<Record<string, unknown>>;

/** Returns the entries of a list; an empty list if the list is absent or null. */
export const entriesOf = (config: Config, section: Section): Entry[] => (config[section] ?? []) as Entry[];

/** Returns the name of the current context; an empty string without a current context. */
export const currentContext = (config: Config): string => (config["current-context"] ?? "") as string;

/** Returns the body of an entry; an empty map if the body is absent or null. */
export const bodyOf = (section: Section, entry: Entry): Record<string, unknown> => {
  const body = entry[bodyKeys[section]];
  return isRecord(body) ? body : {};
};

/** Keys that identify a map without `kind` as a kubeconfig. */
const ownKeys = [...sections, "current-context", "preferences"];

const isEntry = (value: unknown): boolean => isRecord(value) && typeof value["name"] === "string";

/** A rule that a document breaks, and the document's data in words. */
type Broken = Required<Pick<Problem, "rule" | "got">>;

const findBrokenRules = (document: unknown): Broken[] => {
  if (!isRecord(document)) return [{ rule: "a kubeconfig, which is a map", got: typeName(document) }];
  const { kind = "Config" } = document;
  if (kind !== "Config") return [{ rule: "a kubeconfig, whose kind is Config", got: "another kind" }];
  if (Object.keys(document).length > 0 && !ownKeys.some((key) => key in document)) {
    return [{ rule: `a kubeconfig, which has one of ${ownKeys.join(", ")}`, got: "none of them" }];
  }
  const current = document["current-context"] ?? "";
  return [
    ...sections.flatMap((section) => {
      const list = document[section] ?? [];
      if (!Array.isArray(list)) return [{ rule: `a list under ${section}`, got: typeName(list) }];
      return list.every(isEntry) ? [] : [{ rule: `a list of maps with a name under ${section}`, got: "other entries" }];
    }),
    ...(typeof current === "string" ? [] : [{ rule: "a text as current-context", got: typeName(current) }]),
  ];
};

/**
 * Reads a kubeconfig to change it. An empty text is an empty kubeconfig, as for kubectl.
 *
 * @param file name of the text in errors
 * @throws ProblemError if the text is not YAML or not one kubeconfig; the error repeats nothing of the text
 */
export const readConfig = (text: string, file: string): Config => {
  const documents = readYaml(text, file);
  const problem = (broken: Broken): Problem => ({
    key: file,
    ...broken,
    remedy: "Correct the file, or name another one in KUBECONFIG",
  });
  if (documents.length > 1) {
    throw new ProblemError([problem({ rule: "one YAML document", got: String(documents.length) })]);
  }
  const document = documents[0] ?? {};
  const broken = findBrokenRules(document);
  if (broken.length > 0) throw new ProblemError(broken.map(problem));
  return document as Config;
};
