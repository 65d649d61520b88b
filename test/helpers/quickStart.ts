import { classOfFile, type ClassObjects } from "../../lib/cluster/class/classObjects";
import { placedManifest } from "../../lib/kubernetes/manifest";

/** A small class of Docker machines, with the node image and the Pod Security patch of the quick start. */
export const quickStartClass = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: ClusterClass
metadata: {name: quick-start}
spec:
  controlPlane:
    templateRef:
      {apiVersion: controlplane.cluster.x-k8s.io/v1beta2, kind: KubeadmControlPlaneTemplate, name: control-plane}
    machineInfrastructure:
      templateRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: DevMachineTemplate, name: machines}
  infrastructure:
    templateRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: DevClusterTemplate, name: cluster}
  workers:
    machineDeployments:
      - class: default-worker
        bootstrap:
          templateRef: {apiVersion: bootstrap.cluster.x-k8s.io/v1beta2, kind: KubeadmConfigTemplate, name: workers}
        infrastructure:
          templateRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: DevMachineTemplate, name: machines}
  variables:
    - name: etcdImageTag
      required: true
      schema: {openAPIV3Schema: {type: string, default: ""}}
    - name: podSecurityStandard
      required: false
      schema:
        openAPIV3Schema:
          type: object
          properties:
            enabled: {type: boolean, default: true}
            enforce: {type: string, default: baseline, enum: [privileged, baseline, restricted]}
  patches:
    - name: etcdImageTag
      enabledIf: '{{ ne .etcdImageTag "" }}'
      definitions:
        - selector:
            apiVersion: controlplane.cluster.x-k8s.io/v1beta2
            kind: KubeadmControlPlaneTemplate
            matchResources: {controlPlane: true}
          jsonPatches:
            - op: add
              path: /spec/template/spec/kubeadmConfigSpec/clusterConfiguration/etcd
              valueFrom: {template: "local: {imageTag: '{{ .etcdImageTag }}'}"}
    - name: customImage
      definitions:
        - selector:
            apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
            kind: DevMachineTemplate
            matchResources: {machineDeploymentClass: {names: [default-worker]}}
          jsonPatches:
            - op: add
              path: /spec/template/spec/backend/docker/customImage
              valueFrom: {template: 'kindest/node:{{ .builtin.machineDeployment.version | replace "+" "_" }}'}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: DevClusterTemplate
metadata: {name: cluster}
spec: {template: {spec: {backend: {docker: {}}}}}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlaneTemplate
metadata: {name: control-plane}
spec: {template: {spec: {kubeadmConfigSpec: {clusterConfiguration: {apiServer: {certSANs: [localhost]}}}}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: DevMachineTemplate
metadata: {name: machines}
spec: {template: {spec: {backend: {docker: {}}}}}
---
apiVersion: bootstrap.cluster.x-k8s.io/v1beta2
kind: KubeadmConfigTemplate
metadata: {name: workers}
spec: {template: {spec: {joinConfiguration: {nodeRegistration: {}}}}}
`;

/** Returns the class of a file in the namespace `team`. */
export const classIn = (text = quickStartClass, namespace = "team"): ClassObjects =>
  classOfFile(placedManifest(text, "class quick.yaml"), { source: "class quick.yaml", namespace });
