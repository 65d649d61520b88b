import type { Action } from "./definition";

/** Prints a completion script. */
export const completion: Action = () => Promise.reject(new Error("completion: not written yet"));
