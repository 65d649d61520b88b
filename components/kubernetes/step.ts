/** The commands of a step's lifecycle, as `local.Command` takes them: paths of scripts without any settings. */
export interface StepCommands {
  create: string;
  update: string;
  delete?: string;
}

/**
 * Returns the commands of a step by the names of its scripts in steps/. Settings reach the scripts only through the
 * environment and standard input, so no value is ever read as shell.
 */
export const step = (create: string, options: { update?: string; delete?: string } = {}): StepCommands => ({
  create: `steps/${create}`,
  // A Command without `update` runs `create` again. Name the script explicitly: every step is safe to repeat.
  update: `steps/${options.update ?? create}`,
  ...(options.delete ? { delete: `steps/${options.delete}` } : {}),
});
