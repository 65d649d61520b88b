/** Returns the kubeconfig of a cluster, in the form that Cluster API writes. */
export const kubeconfigText = (name: string, certificate = "Y2VydA==", key = "a2V5"): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${certificate}
    server: https://172.18.0.3:6443
  name: ${name}
contexts:
- context:
    cluster: ${name}
    user: ${name}-admin
  name: ${name}-admin@${name}
current-context: ${name}-admin@${name}
kind: Config
preferences: {}
users:
- name: ${name}-admin
  user:
    client-key-data: ${key}
`;

/** A kubeconfig as a user keeps it: with comments, a layout of its own, and fields that Slipway does not know. */
export const userKubeconfig = `# My clusters.
apiVersion: v1
kind: Config
current-context: work # mine

# Where they are.
clusters:
  # at work
  - name: work
    cluster: {server: "https://work.example:6443", tls-server-name: work}
  # at home
  - name: home
    cluster:
      server: https://home.example:6443
      x-unknown: [1, 2]

contexts:
- context: # the usual one
    cluster: work
    user: me
  name: work
- context:
    cluster: home
    user: me
  name: home
users: # one of them
- name: me
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: get-token
      interactiveMode: Never
      args:
      - --script
      - |
        # not a comment
        clusters:
        - not an item
x-other: {kept: true}
`;
