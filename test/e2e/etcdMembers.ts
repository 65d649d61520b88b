import { must } from "./harness";

/** Returns the names of the members that etcd itself counts, read in the node of one member. */
export const etcdMembers = (node: string): string[] => {
  const pki = "/etc/kubernetes/pki/etcd";
  const tls = ["--cacert", `${pki}/ca.crt`, "--cert", `${pki}/peer.crt`, "--key", `${pki}/peer.key`];
  const request = ["--silent", "--show-error", "--fail", ...tls, "--data", "{}"];
  const answer = must("docker", ["exec", node, "curl", ...request, "https://127.0.0.1:2379/v3/cluster/member/list"]);
  return (JSON.parse(answer) as { members: { name: string }[] }).members.map(({ name }) => name).sort();
};
