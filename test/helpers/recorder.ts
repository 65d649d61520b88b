import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime";

/** One resource as the program registered it, options included. */
export interface Registration {
  urn: string;
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  dependencies: string[];
  deletedWith: string;
  replaceWith: string[];
  provider: string;
  /** Version of the plugin that the resource asks for. */
  version: string;
  parent: string;
  createTimeout: string;
  deleteBeforeReplace: boolean;
  additionalSecretOutputs: string[];
  ignoreChanges: string[];
  /** Read by id, not made. */
  read: boolean;
}

/** What a run of the program registered and gave back. */
export interface Recording {
  registrations: Registration[];
  /** Names that a resource may have in the state, by its URN. */
  aliases: ReadonlyMap<string, readonly string[]>;
  outputs: Record<string, unknown>;
  /** Outputs that components registered, by URN. */
  componentOutputs: Record<string, unknown>;
  /** The registration whose URN ends in `type::name`, or the only one of that name. */
  find: (name: string, type?: string) => Registration;
}

/** What a mocked resource answers with: outputs added to its inputs. */
export type Answer = (args: MockResourceArgs) => Record<string, unknown>;

interface Request {
  getType: () => string;
  getName: () => string;
  getObject?: () => { toJavaScript: () => Record<string, unknown> } | undefined;
  getProperties?: () => { toJavaScript: () => Record<string, unknown> } | undefined;
  getDependenciesList: () => string[];
  getDeletedwith?: () => string;
  getReplaceWithList?: () => string[];
  getProvider: () => string;
  getVersion: () => string;
  getParent: () => string;
  getCustomtimeouts?: () => { getCreate: () => string } | undefined;
  getDeletebeforereplace?: () => boolean;
  getAdditionalsecretoutputsList: () => string[];
  getIgnorechangesList?: () => string[];
  getAliasesList?: () => { getSpec: () => { getName: () => string } | undefined }[];
}

type Callback = (error: unknown, response: { getUrn: () => string }) => void;
type Method = (request: Request, callback: Callback) => unknown;

interface OutputsRequest {
  getUrn: () => string;
  getOutputs: () => { toJavaScript: () => Record<string, unknown> } | undefined;
}
type OutputsMethod = (request: OutputsRequest, callback: unknown) => unknown;

/** Runs a program on Pulumi's mocks, in up or preview mode, and records every registration with its options. */
export const record = async (
  program: () => Promise<Record<string, unknown>>,
  options: { preview: boolean; stack: string; answer: Answer; config: Record<string, string> },
): Promise<Recording> => {
  const registrations: Registration[] = [];
  const aliases = new Map<string, readonly string[]>();
  await pulumi.runtime.setMocks(
    {
      newResource: (args: MockResourceArgs) =>
        // In a preview nothing has an id or an output yet; a provider's id is made up by the engine in either mode.
        options.preview && !args.type.startsWith("pulumi:")
          ? { id: undefined, state: {} }
          : { id: args.id || `${args.name}-id`, state: { ...(args.inputs as object), ...options.answer(args) } },
      call: (args: MockCallArgs) => args.inputs as Record<string, unknown>,
    },
    "slipway",
    options.stack,
    options.preview,
  );
  pulumi.runtime.setAllConfig(options.config);
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, Method>;
  for (const method of ["registerResource", "readResource"]) {
    const original = monitor[method]!.bind(monitor);
    monitor[method] = (request, callback) =>
      original(request, (error, response) => {
        if (!error) {
          registrations.push(registration(request, response.getUrn(), method === "readResource"));
          aliases.set(response.getUrn(), aliasesOf(request));
        }
        callback(error, response);
      });
  }
  const componentOutputs: Record<string, unknown> = {};
  const registerOutputs = monitor["registerResourceOutputs"]!.bind(monitor) as unknown as OutputsMethod;
  const recordOutputs: OutputsMethod = (request, callback) => {
    componentOutputs[request.getUrn()] = request.getOutputs()?.toJavaScript();
    return registerOutputs(request, callback);
  };
  monitor["registerResourceOutputs"] = recordOutputs as unknown as Method;
  const outputs = (await pulumi.runtime.runInPulumiStack(program)) as Record<string, unknown>;
  await pulumi.runtime.disconnect();
  const find = (name: string, type?: string) => findOne(registrations, name, type);
  return { registrations, aliases, outputs, componentOutputs, find };
};

const registration = (request: Request, urn: string, read: boolean): Registration => ({
  urn,
  type: request.getType(),
  name: request.getName(),
  inputs: (request.getObject?.() ?? request.getProperties?.())?.toJavaScript() ?? {},
  dependencies: request.getDependenciesList(),
  deletedWith: request.getDeletedwith?.() ?? "",
  replaceWith: request.getReplaceWithList?.() ?? [],
  provider: request.getProvider(),
  version: request.getVersion(),
  parent: request.getParent(),
  createTimeout: request.getCustomtimeouts?.()?.getCreate() ?? "",
  deleteBeforeReplace: request.getDeletebeforereplace?.() ?? false,
  additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  ignoreChanges: request.getIgnorechangesList?.() ?? [],
  read,
});

const aliasesOf = (request: Request): string[] =>
  (request.getAliasesList?.() ?? []).flatMap((alias) => alias.getSpec()?.getName() ?? []);

const findOne = (registrations: Registration[], name: string, type?: string): Registration => {
  const matches = registrations.filter((one) => one.name === name && (type === undefined || one.type === type));
  if (matches.length !== 1) {
    throw new Error(
      `${matches.length} registrations are named ${name}; there are: ${registrations.map((one) => one.name).join("\n")}`,
    );
  }
  return matches[0]!;
};

/** Whether `later` waits for `earlier`, directly or through others. */
export const waitsFor = (recording: Recording, later: Registration, earlier: Registration): boolean => {
  const byUrn = new Map(recording.registrations.map((one) => [one.urn, one]));
  const seen = new Set<string>();
  const queue = [...later.dependencies];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === earlier.urn) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(byUrn.get(next)?.dependencies ?? []));
  }
  return false;
};
