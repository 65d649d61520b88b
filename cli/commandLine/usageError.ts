/** Refusal of a command line before any work: exit code 2. */
export class UsageError extends Error {}
