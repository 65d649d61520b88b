import { messageOf } from "../../lib/base/errors";
import { redactor } from "../../lib/redaction/text";
import { buildReport, redactReport } from "../../lib/report/build";
import type { Report } from "../../lib/report/model";
import { recordedResources } from "../pulumi/fileBackend";
import type { Target } from "../pulumi/run";
import { localSecrets } from "../support/secrets";
import type { Print } from "../toolchain/build/progress";
import { writeReport } from "./files";
import { abandonedJournals, type Journal, removeJournal } from "./journal";

/** Builds the report of a killed run: what the engine did until the run was killed. */
const toReport = ({ head, events }: Journal, target: Target): Report => {
  const { command, stack, settingsChecksum, machine, startedAt } = head;
  const report = buildReport(
    {
      ...{ command, stack, settingsChecksum, machine, startedAt, events },
      ...{ succeeded: false, interrupted: true, isWhole: false, warnings: [], failure: [], diagnosis: [] },
      endedAt: Math.max(startedAt, ...events.map(({ at }) => at)),
      state: recordedResources(target.backend, target.stack),
    },
    {
      ...{ clusters: [], urls: [], versions: [], images: [] },
      missing: ["clusters, containers and addresses: nobody read them, because the run was killed"],
    },
  );
  return redactReport(report, redactor(localSecrets(target)));
};

/** Writes the reports of the stack's killed runs. A report that cannot be written is one warning, and is not tried again. */
export const reportKilledRuns = (target: Target, print: Print): void => {
  for (const journal of abandonedJournals(target.checkout, target.stack)) {
    try {
      print(`report of the killed ${journal.head.command}: ${writeReport(target.checkout, toReport(journal, target))}`);
    } catch (error) {
      print(`warning: the report of the killed run was not written: ${messageOf(error).replace(/\s+/g, " ")}`);
    }
    removeJournal(journal.file);
  }
};
