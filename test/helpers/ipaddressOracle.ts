import { execFileSync } from "node:child_process";

/** What Python's ipaddress says about a network: canonical texts and plain numbers. */
export interface OracleNetwork {
  network: string;
  first: string;
  last: string;
  firstValue: string;
  lastValue: string;
  overlapsNext: boolean;
}

const program = `
import ipaddress, json, sys
networks = [ipaddress.ip_network(text, strict=False) for text in json.load(sys.stdin)]
print(json.dumps([
    {
        "network": str(n), "first": str(n[0]), "last": str(n[-1]),
        "firstValue": str(int(n[0])), "lastValue": str(int(n[-1])),
        "overlapsNext": n.overlaps(networks[(i + 1) % len(networks)]),
    }
    for i, n in enumerate(networks)
]))`;

/** Asks Python's ipaddress about networks of either family, written in any way, in one process. */
export const ipaddressOracle = (cidrs: readonly string[]): OracleNetwork[] => {
  try {
    const answer = execFileSync("python3", ["-c", program], { encoding: "utf8", input: JSON.stringify(cidrs) });
    return JSON.parse(answer) as OracleNetwork[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      "these tests compare with Python's ipaddress, and python3 is not installed: apt-get install python3",
    );
  }
};
