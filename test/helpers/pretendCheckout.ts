import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with the steps, which take its tools before others, and with tools that only pretend. */
export interface PretendCheckout {
  folder: string;
  /** Puts a script of bash in the place of a tool. */
  pretend: (tool: string, script: string) => void;
  remove: () => void;
}

/** Makes one in the temporary folder; whoever makes it removes it. */
export const pretendCheckout = (): PretendCheckout => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
  const bin = join(folder, ".tools", "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(__dirname, "..", "..", "steps"), join(folder, "steps"));
  const pretend = (tool: string, script: string): void => {
    writeFileSync(join(bin, tool), `#!/bin/bash\n${script}\n`);
    chmodSync(join(bin, tool), 0o755);
  };
  return { folder, pretend, remove: () => rmSync(folder, { recursive: true }) };
};
