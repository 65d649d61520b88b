import { availableParallelism, hostname, totalmem } from "node:os";
import { checksumOf } from "../../lib/report/identity";

/** Returns a checksum of host name, processors and memory, because durations of other machines do not compare. */
export const machineId = (): string => checksumOf([hostname(), availableParallelism(), totalmem()].join("\n"));
