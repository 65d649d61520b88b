import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../lib/settings/types";
import { requirementsOf } from "../../preflight/host/requirements";
import { saveRecord } from "../../preflight/resourceRecord";

/** Records the clusters, which then belong to the stack even if this run is killed before it writes its state. */
export const recordClusters = (settings: Settings): void => {
  const { wantedClusters: clusters } = requirementsOf(settings);
  saveRecord(process.cwd(), pulumi.getStack(), { clusters, containers: [], volumes: [], networks: [] });
};
