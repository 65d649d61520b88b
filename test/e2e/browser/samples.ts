import { buildReport } from "../../../lib/report/build";
import type { Report } from "../../../lib/report/model";
import { clusterObjects, runFacts, stackFacts, stepUrn } from "../../helpers/reportFacts";

/** Returns the report of a failed `up`, in which the nodes of the only cluster did not become Ready. */
const failedReport = (): Report => {
  const run = runFacts();
  const urn = stepUrn("cluster-01");
  const events = run.events.map((event) =>
    event.urn === urn && event.kind === "done" ? { ...event, kind: "failed" as const } : event,
  );
  return buildReport(
    {
      ...{ ...run, events, succeeded: false, warnings: ["the setting `x` is deprecated"] },
      failure: ["first failure: cluster-01-nodes: steps/wait-for-nodes failed (exit status 1):", "  no node is Ready"],
      diagnosis: ["cluster default/cluster-01: not ready", "  what helps: correct the setting nodeImage"],
    },
    { ...stackFacts(), objects: clusterObjects("cluster-01", false), missing: ["cluster cluster-01: no answer"] },
  );
};

/** Returns reports of made-up runs by name. */
export const sampleReports = (): Record<string, Report> => ({
  "one-cluster": buildReport(runFacts(), stackFacts()),
  "three-clusters": buildReport(runFacts(3, 20), stackFacts(3)),
  "failed-up": failedReport(),
  "fifty-clusters": buildReport(runFacts(50, 20), stackFacts(50)),
  stack: buildReport({ ...runFacts(), command: "report", events: [] }, stackFacts()),
});
