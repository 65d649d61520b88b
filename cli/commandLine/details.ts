/** Details of the commands that build missing tools first. */
export const buildDetails =
  "On the source route the first run for another Kubernetes version builds a node image, in about 13 minutes on two cores. " +
  "A line says so before the build. Ctrl-C interrupts the build, and the next run continues it.";
