import { createSocket, type Socket } from "node:dgram";

/** Codes of DNS: the record types of addresses, and the answer for a name that does not exist. */
const typeA = 1;
const typeAaaa = 28;
const noSuchName = 3;

/** Returns the name and the type that a query asks for; undefined for a packet without a question. */
export const questionIn = (query: Buffer): { name: string; type: number; end: number } | undefined => {
  const labels: string[] = [];
  let place = 12; // behind the header
  while (place < query.length && query[place] !== 0) {
    const length = query[place]!;
    labels.push(query.toString("latin1", place + 1, place + 1 + length));
    place += 1 + length;
  }
  if (place + 5 > query.length) return undefined;
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(place + 1), end: place + 5 };
};

/** Returns the answer to a query: the address of a known name, no address of another type, or that the name is unknown. */
export const answerTo = (query: Buffer, addresses: Readonly<Record<string, string>>): Buffer | undefined => {
  const question = questionIn(query);
  if (question === undefined) return undefined;
  const address = Object.hasOwn(addresses, question.name) ? addresses[question.name] : undefined;
  const hasRecord = address !== undefined && question.type === typeA;
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (address === undefined ? noSuchName : 0), 2); // a response, recursion available
  [1, hasRecord ? 1 : 0, 0, 0].forEach((count, index) => header.writeUInt16BE(count, 4 + 2 * index));
  // The name again as a pointer to the question; class IN; 60 s; four bytes.
  const record = hasRecord
    ? Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)])
    : Buffer.alloc(0);
  return Buffer.concat([header, query.subarray(12, question.end), record]);
};

/** A name server that knows some hosts and writes down every name whose address it is asked for. */
export class NameServer {
  /** Addresses of those who asked, by the name that they asked for. */
  readonly sourcesByName = new Map<string, Set<string>>();
  private readonly socket: Socket = createSocket("udp4");

  constructor(private readonly addresses: Readonly<Record<string, string>>) {
    this.socket.on("message", (query, { address, port }) => {
      const question = questionIn(query);
      // CoreDNS asks for HINFO of random names, to see whether its questions come back to itself.
      if (question && [typeA, typeAaaa].includes(question.type)) this.note(question.name, address);
      const answer = answerTo(query, this.addresses);
      if (answer) this.socket.send(answer, port, address);
    });
  }

  private note(name: string, source: string): void {
    const sources = this.sourcesByName.get(name) ?? new Set();
    this.sourcesByName.set(name, sources.add(source));
  }

  start(address: string): Promise<void> {
    return new Promise((resolve, reject) => this.socket.on("error", reject).bind(53, address, resolve));
  }

  stop(): void {
    this.socket.close();
  }
}
