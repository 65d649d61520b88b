/** Bundles a program as one JavaScript file. */
export function bundle(program: string): { files: string[]; text: string };
