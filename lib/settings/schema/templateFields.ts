import type { Problem } from "../../base/problem";
import { readFacts, statedFields, type TemplateFacts } from "../../cluster/template/facts";
import type { ClusterField, clusterFields } from "./cluster";
import { keyAt } from "./read";
import type { ValuesOf } from "./setting";

/** Texts of templates by location. A template that cannot be read is missing. */
export type TemplateTexts = ReadonlyMap<string, string>;

/**
 * The template of a cluster: its properties for a cluster of the Docker provider, `foreign` for another provider, and
 * `unknown` for a template that cannot be read.
 */
export type TemplateReading = TemplateFacts | "foreign" | "unknown";

/** The fields of a cluster that fill in variables. An invalid field has no value. */
type Values = Partial<ValuesOf<typeof clusterFields>>;

/** Fields that a template needs. */
const neededFields = [
  ...["name", "namespace", "kubernetesVersion", "controlPlaneReplicas", "workerReplicas"],
  ...["podCidr", "serviceCidr", "serviceDomain", "nodeImage", "template", "templateVariables"],
] as const;

/** Facts by the template and the cluster. A search for a free subnet reads the same settings many times. */
const known = new WeakMap<TemplateTexts, Map<string, TemplateReading>>();

/**
 * Reads the template of a cluster.
 *
 * @param texts - undefined: templates are not read, and belong to other providers
 */
export const readTemplate = (
  values: Values,
  invalid: ReadonlySet<string>,
  texts: TemplateTexts | undefined,
): TemplateReading => {
  if (texts === undefined) return "foreign";
  const template = texts.get(values.template ?? "");
  // The class of a file defines the machines of a Cluster in the template.
  const classText = texts.get(values.class ?? "");
  const text = template === undefined || classText === undefined ? template : `${template}\n---\n${classText}`;
  if (text === undefined || neededFields.some((field) => invalid.has(field))) return "unknown";
  const all = values as ValuesOf<typeof clusterFields>;
  const { podCidr, serviceCidr, templateVariables: variables } = all;
  const cluster = {
    name: all.name,
    namespace: all.namespace,
    kubernetesVersion: all.kubernetesVersion,
    controlPlaneReplicas: all.controlPlaneReplicas,
    workerPools: workersOf(all.workerReplicas),
    serviceDomain: all.serviceDomain,
    nodeImage: all.nodeImage,
  };
  const key = JSON.stringify([all.template, all.class, cluster, podCidr.text, serviceCidr.text, variables]);
  const ofTexts = known.get(texts) ?? new Map<string, TemplateReading>();
  known.set(texts, ofTexts);
  const reading = ofTexts.get(key) ?? readFacts(text, { ...cluster, podCidr, serviceCidr }, variables) ?? "unknown";
  ofTexts.set(key, reading);
  return reading;
};

/** Returns the pool that stands for `workerReplicas` in the variables of a template. */
export const workersOf = (replicas: number): { name: string; replicas: number }[] => [{ name: "md-0", replicas }];

/** Returns the fields that a template states and the settings do not, as if the settings stated them. */
export const statedInput = (
  { stated }: TemplateFacts,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const missing = statedFields.filter((field) => !Object.hasOwn(input, field) && stated[field] !== undefined);
  return Object.fromEntries(missing.map((field) => [field, stated[field]?.[0]]));
};

/** Variables that stand for fields, for the advice. */
const fieldVariables = {
  namespace: "NAMESPACE",
  kubernetesVersion: "KUBERNETES_VERSION",
  controlPlaneReplicas: "CONTROL_PLANE_MACHINE_COUNT",
  podCidr: "POD_CIDR",
  serviceCidr: "SERVICE_CIDR",
  serviceDomain: "SERVICE_DOMAIN",
} as const satisfies Partial<Record<ClusterField, string>>;

/** Returns a value in the form in which templates write it. */
const asText = (field: (typeof statedFields)[number], values: ValuesOf<typeof clusterFields>): string => {
  if (field === "podCidr" || field === "serviceCidr") return values[field].text;
  return field === "kubernetesVersion" ? values[field].replace(/^v?/, "v") : String(values[field]);
};

/**
 * Returns the problems of fields whose value differs from the template's. A template that has the variable of a field
 * never differs.
 */
export const templateDifferences = (
  { stated, pools, usesWorkerReplicas, foreignNames }: TemplateFacts,
  values: ValuesOf<typeof clusterFields>,
  has: (field: ClusterField) => boolean,
  path: string,
): Problem[] => {
  const { template } = values;
  const advice = (variable: string): string =>
    `Set it to the value of the template, or write \${${variable}} in the template`;
  const differing = statedFields.flatMap((field): Problem[] => {
    const received = asText(field, values);
    const other = stated[field]?.find((value) => String(value) !== received);
    if (other === undefined) return [];
    const rule = `${other}, which ${template} states`;
    return [{ key: keyAt(path, field), received, rule, remedy: advice(fieldVariables[field]) }];
  });
  const workers = pools.reduce((total, { replicas }) => total + replicas, 0);
  const hasOtherWorkers = has("workerReplicas") && !usesWorkerReplicas && workers !== values.workerReplicas;
  const rule = `${workers}, the number of workers that ${template} states`;
  return [
    ...differing,
    ...(hasOtherWorkers
      ? [
          {
            key: keyAt(path, "workerReplicas"),
            received: values.workerReplicas,
            rule,
            remedy: advice("WORKER_MACHINE_COUNT"),
          },
        ]
      : []),
    ...foreignNames.map((name) => ({
      key: keyAt(path, "template"),
      received: name,
      rule: `names of control planes and worker pools that start with ${values.name}-, as the names of their containers do`,
      remedy: "Write ${CLUSTER_NAME}- before the name in the template",
    })),
  ];
};
