/** Operations of Pulumi that Slipway runs; `plan` is a preview that Slipway itself prints. */
export const pulumiOperations = ["up", "preview", "plan", "refresh", "destroy"] as const;

/** One of these operations. */
export type PulumiOperation = (typeof pulumiOperations)[number];

/** An option that Slipway knows and passes on to Pulumi. */
export interface PulumiOption {
  /** The long name without dashes. */
  name: string;
  /** One letter. */
  short?: string;
  /** Name of the required value; absent for a switch, which takes a value only after "=". */
  value?: string;
  summary: string;
  operations: readonly PulumiOperation[];
  /** Slipway sets the option itself, so it accepts the option and drops it. */
  isImplied?: boolean;
  /** Whether Pulumi reads or writes the file that the value names; absent for other values. */
  file?: "read" | "written";
  /** The values that Pulumi accepts; absent for free values. */
  words?: readonly string[];
}

/** Operations whose output Pulumi itself prints. */
const shown: PulumiOperation[] = ["up", "preview", "refresh", "destroy"];
const changing: PulumiOperation[] = ["up", "refresh", "destroy"];
const forward: PulumiOperation[] = ["up", "preview", "plan"];

const option = (
  operations: readonly PulumiOperation[],
  flags: string,
  summary: string,
  more: Pick<PulumiOption, "isImplied" | "file" | "words"> = {},
): PulumiOption => {
  const [, short, name = "", value] = /^(?:-(\w), )?--([\w-]+)(?: ([A-Z=]+))?$/.exec(flags) ?? [];
  return { name, ...(short ? { short } : {}), ...(value ? { value } : {}), summary, operations, ...more };
};

/** Options of the pinned Pulumi that are useful with Slipway. Users can pass all other options after `--`. */
export const pulumiOptions: readonly PulumiOption[] = [
  option(pulumiOperations, "-t, --target URN", "work on this resource only (repeatable)"),
  option(pulumiOperations, "--target-dependents", "work also on what depends on the targets"),
  option(forward, "--target-replace URN", "target this resource and replace it (repeatable)"),
  option(forward, "--replace URN", "replace this resource (repeatable)"),
  option(["up"], "--exclude URN", "leave this resource out (repeatable)"),
  option(["preview", "plan", "refresh", "destroy"], "-x, --exclude URN", "leave this resource out (repeatable)"),
  option(["up", "preview", "plan", "refresh"], "--exclude-dependents", "leave out also what depends on the excluded"),
  option(["destroy"], "--exclude-protected", "leave protected resources out"),
  option(["up", "preview", "plan", "destroy"], "-r, --refresh", "read the real state first"),
  option(pulumiOperations, "--run-program", "run the program to configure providers for a refresh"),
  option(["refresh", "destroy"], "--preview-only", "show what would happen and change nothing"),
  option(["up", "destroy"], "--continue-on-error", "continue after an error"),
  option(["up", "preview", "refresh"], "--expect-no-changes", "fail if there are changes"),
  option(pulumiOperations, "-p, --parallel N", "number of operations at a time"),
  option(pulumiOperations, "-m, --message TEXT", "message that Pulumi stores with the update"),
  option(pulumiOperations, "-c, --config KEY=VALUE", "set a setting and save it in the stack file (repeatable)"),
  option(pulumiOperations, "--config-path", "keys of --config are paths into maps and lists"),
  option(forward, "--policy-pack PATH", "run this policy pack (repeatable)"),
  option(forward, "--policy-pack-config PATH", "settings of the policy pack (repeatable)", { file: "read" }),
  option(["preview"], "--save-plan FILE", "save the planned operations in a file", { file: "written" }),
  option(["up"], "--plan FILE", "do not exceed the operations that --save-plan saved", { file: "read" }),
  option(["preview"], "--import-file FILE", "write creations as a file for pulumi import", { file: "written" }),
  option(["refresh"], "--skip-pending-creates", "keep pending creations in the state"),
  option(["refresh"], "--clear-pending-creates", "remove pending creations from the state"),
  option(["destroy"], "--remove", "remove the stack and its settings file afterwards"),
  option(shown, "--diff", "show each change in detail"),
  option(shown, "-j, --json", "print Pulumi's result as JSON"),
  option(["up", "preview", "destroy"], "--show-config", "show the settings"),
  option(["up", "preview"], "--show-policy-remediations", "show what policies corrected"),
  option(shown, "--show-replacement-steps", "show each step of a replacement"),
  option(shown, "--show-sames", "show unchanged resources too"),
  option(["up", "preview"], "--show-secrets", "show secrets in plain text"),
  option(["up", "preview"], "--show-reads", "show resources that are only read"),
  option(["up", "preview", "destroy"], "--show-full-output", "show long values in full"),
  option(shown, "--urns", "show URNs instead of short names"),
  option(shown, "--suppress-outputs", "hide the stack's outputs"),
  option(shown, "--suppress-progress", "print no dots while Pulumi works"),
  option(shown, "--suppress-permalink", "print no link to the state, with =true"),
  option(shown, "--event-log FILE", "write the engine's events to a file", { file: "written" }),
  option(shown, "--non-interactive", "print plain lines also on a terminal"),
  option(shown, "--color WHEN", "colours of Pulumi: always, never, raw or auto", {
    words: ["always", "never", "raw", "auto"],
  }),
  option(pulumiOperations, "-d, --debug", "print debugging output"),
  option(pulumiOperations, "-v, --verbose N", "detail of Pulumi's log"),
  option(pulumiOperations, "--logtostderr", "write Pulumi's log to standard error"),
  option(pulumiOperations, "--logflow", "pass the log settings on to plugins"),
  option(pulumiOperations, "--tracing TARGET", "send traces to this endpoint or file: path"),
  option(changing, "-y, --yes", "accepted and ignored: Slipway does not ask", { isImplied: true }),
  option(changing, "-f, --skip-preview", "accepted and ignored: Slipway shows no preview first", { isImplied: true }),
  option(["plan"], "--non-interactive", "accepted and ignored: plan never asks", { isImplied: true }),
];

/** Returns true for an option that may be given several times. */
export const isRepeatable = ({ summary }: Pick<PulumiOption, "summary">): boolean => summary.includes("(repeatable)");

/** Returns the options that an operation takes. */
export const optionsOf = (operation: PulumiOperation): PulumiOption[] =>
  pulumiOptions.filter(({ operations }) => operations.includes(operation));
