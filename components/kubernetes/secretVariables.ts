import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterHandle, resourceOptions } from "./clusterHandle";

/** Environment variables with secret values for the containers of one Deployment. */
export interface SecretVariables {
  readonly namespace: string;
  /** Name of the Deployment. */
  readonly deployment: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Creates the Secret with the values. Pulumi chooses its name, and replaces the Secret when a value changes. So the new name
 * restarts the pods of the Deployment, and no checksum of a secret value is needed.
 */
export const variablesSecret = (
  name: string,
  cluster: ClusterHandle,
  { namespace, values }: SecretVariables,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): Secret =>
  new Secret(
    name,
    { metadata: { namespace }, stringData: pulumi.secret({ ...values }) },
    resourceOptions(cluster, parent, dependsOn),
  );

/** The parts of a Deployment that the transformation changes. */
interface DeploymentProps {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly object[] } } };
}

/** Returns a transformation that gives the variables of a Secret to each container of the Deployment. */
export const withSecretVariables =
  (secret: Secret): pulumi.ResourceTransformation =>
  ({ props, opts }) => {
    const { spec, ...rest } = props as DeploymentProps;
    const envFrom = [{ secretRef: { name: secret.metadata.name } }];
    const containers = [...spec.template.spec.containers].map((container) => ({ ...container, envFrom }));
    const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
    return { props: { ...rest, spec: { ...spec, template } }, opts };
  };

/** Returns true for the Deployment of the variables. */
export const isDeploymentOf = (
  { deployment, namespace }: SecretVariables,
  object: { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string } },
): boolean =>
  object.kind === "Deployment" && object.metadata.name === deployment && object.metadata.namespace === namespace;
