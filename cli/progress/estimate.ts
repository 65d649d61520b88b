import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../lib/base/json";
import { type EarlierRun, type Estimate, type EstimatedRun, estimateUp } from "../../lib/progress/estimate";
import { reportFolder } from "../report/files";

/** Reads the reports of earlier runs. Files that are not reports are left out. */
export const readReports = (checkout: string): Partial<EarlierRun>[] => {
  const names = ((): string[] => {
    try {
      return readdirSync(join(checkout, reportFolder)).filter((name) => name.endsWith(".json"));
    } catch {
      return []; // no run has written a report
    }
  })();
  return names.flatMap((name) => {
    try {
      const report: unknown = JSON.parse(readFileSync(join(checkout, reportFolder, name), "utf8"));
      return isRecord(report) ? [report] : [];
    } catch {
      return []; // another run removed the file, or is writing it
    }
  });
};

/** Returns the time of a run from the reports of earlier runs; undefined without enough reports. */
export const readEstimate = (checkout: string, run: EstimatedRun): Estimate | undefined =>
  estimateUp(readReports(checkout), run);
