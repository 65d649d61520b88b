import { addressOf } from "../../network/parse";
import { absolutePath, between, type Check, issueOf } from "./checks";
import { boolean, oneOf, requiredInteger, requiredString, string } from "./setting";

/** Checks an address on which Docker listens. */
const listenAddress: Check<string> = ({ value, issues }) => {
  if (addressOf(value) !== undefined) return;
  const rule = "an IPv4 or IPv6 address of this machine";
  issues.push(issueOf({ received: value, rule, remedy: "Write it as 127.0.0.1, or as 0.0.0.0 for all addresses" }));
};

/** A file or folder of this machine in a node: an entry of `mounts` or `managementMounts`. */
export const mountFields = {
  hostPath: requiredString("Absolute path of an existing file or folder of this machine.", absolutePath),
  containerPath: requiredString("Absolute path in the node.", absolutePath),
  readOnly: boolean(true, "Whether the node cannot write to it."),
};

/** A port of this machine that leads to the kind node: an entry of `managementPorts`. */
export const portFields = {
  hostPort: requiredInteger("Port of this machine.", between(1, 65535)),
  containerPort: requiredInteger("Port of the node, for example the node port of a service.", between(1, 65535)),
  protocol: oneOf(["TCP", "UDP", "SCTP"], "Protocol of the port."),
  listenAddress: string("127.0.0.1", "Address of this machine on which Docker listens.", listenAddress),
};
