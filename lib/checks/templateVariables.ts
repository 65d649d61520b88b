import { problemsOf, refuse } from "../problem";
import type { Check } from "./check";

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
