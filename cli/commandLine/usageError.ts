/** A command line that Slipway refuses before it does anything: exit code 2. */
export class UsageError extends Error {}
