import { chmodSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "../../lib/base/paths";
import { renderReport } from "../../lib/report/html/page";
import type { Report } from "../../lib/report/model";
import { createAtomically, createFolder } from "../../system/files";

/** Folder of the reports, relative to the checkout. */
export const reportFolder = join(stateFolder, "reports");

/** Number of runs whose reports stay. */
export const keptReports = 20;

/** A file of a report: its time, stack and command. */
const reportFile = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z_.+)\.(html|json)$/;

const nameOf = ({ startedAt, stack, command }: Report): string =>
  `${startedAt.replaceAll(":", "-")}_${stack}_${command}`;

/** Deletes the reports of all runs before the last twenty. */
const removeOld = (folder: string): void => {
  const files = readdirSync(folder).flatMap((name) => {
    const base = reportFile.exec(name)?.[1];
    return base === undefined ? [] : [{ name, base }];
  });
  const kept = [...new Set(files.map(({ base }) => base))].sort().slice(-keptReports);
  for (const { name, base } of files) if (!kept.includes(base)) rmSync(join(folder, name), { force: true });
};

/** Creates the folder, which only its owner may read. A link could lead to a folder that other users read. */
const openFolder = (folder: string): void => {
  createFolder(folder, 0o700);
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder}: expected a folder, got a link. Delete the link.`);
  chmodSync(folder, 0o700);
};

/**
 * Writes a report as HTML and as JSON (mode 0600), and deletes the oldest reports. Returns the path of the HTML file, relative to
 * the checkout.
 *
 * @throws if a file cannot be written
 */
export const writeReport = (checkout: string, report: Report): string => {
  const folder = join(checkout, reportFolder);
  openFolder(folder);
  const name = nameOf(report);
  const files = { html: renderReport(report), json: `${JSON.stringify(report)}\n` };
  for (const [ending, content] of Object.entries(files)) {
    const file = join(folder, `${name}.${ending}`);
    if (!createAtomically(file, content, { private: true }))
      throw new Error(`${file}: expected no file, got an existing file. Move it to another place.`);
  }
  removeOld(folder);
  return join(reportFolder, `${name}.html`);
};
