import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with the steps and with fake tools, which the steps find before all other programs. */
export interface FakeCheckout {
  folder: string;
  /** Replaces a tool by a bash script. */
  fakeTool: (tool: string, script: string) => void;
  remove: () => void;
}

/** Creates a fake checkout in the temporary folder. The caller removes it. */
export const fakeCheckout = (): FakeCheckout => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
  const bin = join(folder, ".tools", "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(__dirname, "..", "..", "steps"), join(folder, "steps"));
  const fakeTool = (tool: string, script: string): void => {
    writeFileSync(join(bin, tool), `#!/bin/bash\n${script}\n`);
    chmodSync(join(bin, tool), 0o755);
  };
  return { folder, fakeTool, remove: () => rmSync(folder, { recursive: true }) };
};
