/** The settings of manifests with the paths of the source route, as stack files of earlier versions state them. */
export const sourceManifests = {
  certManagerManifest: ".tools/manifests/cert-manager.yaml",
  coreManifest: ".tools/manifests/core-components.yaml",
  bootstrapManifest: ".tools/manifests/bootstrap-components.yaml",
  controlPlaneManifest: ".tools/manifests/control-plane-components.yaml",
  infrastructureManifest: ".tools/manifests/infrastructure-components.yaml",
  cniManifest: ".tools/manifests/calico.yaml",
  loadBalancerManifest: ".tools/manifests/metallb.yaml",
};
