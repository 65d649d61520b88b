import { availableParallelism, hostname, totalmem } from "node:os";
import { shortChecksum } from "../../lib/base/checksum";
import { checksumDigits } from "../../lib/report/identity";

/** Returns a checksum of host name, processors and memory, because durations of other machines do not compare. */
export const machineId = (): string =>
  shortChecksum([hostname(), availableParallelism(), totalmem()].join("\n"), checksumDigits);
