/** A verb: gets the arguments behind it and gives the exit code. */
export type Verb = (args: string[]) => Promise<number>;
