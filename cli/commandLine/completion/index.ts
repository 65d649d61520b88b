import { defaultStack } from "../../../preflight/stackFile";
import type { Action } from "../definition";
import { bashScript } from "./bash";
import { zshScript } from "./zsh";

/** Prints the completion script of a shell. */
export const completion: Action = ({ operands: [shell] }, definitions) => {
  process.stdout.write((shell === "zsh" ? zshScript : bashScript)(definitions, defaultStack));
  return Promise.resolve(0);
};
