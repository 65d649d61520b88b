/** The commands of a step's life, as `local.Command` takes them: paths of scripts, nothing from settings. */
export interface StepCommands {
  create: string;
  update: string;
  delete?: string;
}

/**
 * The scripts that create, update and delete, by their names in steps/. Settings reach them only through
 * the environment and standard input, so no value is ever read as shell.
 */
export const step = (create: string, others: { update?: string; delete?: string } = {}): StepCommands => ({
  create: `steps/${create}`,
  // Without an update of its own a Command runs `create` again, so say which: every step is safe to repeat.
  update: `steps/${others.update ?? create}`,
  ...(others.delete ? { delete: `steps/${others.delete}` } : {}),
});
