import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { gatherFacts } from "../../../preflight/host/facts";

test("tools print their version without looking for a newer one", async () => {
  const checkout = mkdtempSync(join(tmpdir(), "slipway-facts-"));
  const bin = join(checkout, ".tools", "bin");
  mkdirSync(bin, { recursive: true });
  const asks = { clusterctl: "CLUSTERCTL_DISABLE_VERSIONCHECK", pulumi: "PULUMI_SKIP_UPDATE_CHECK" };
  for (const [tool, variable] of Object.entries(asks)) {
    writeFileSync(join(bin, tool), `#!/bin/sh\ntest "$${variable}" = true && echo v1.2.3\n`);
    chmodSync(join(bin, tool), 0o755);
  }
  try {
    const { tools } = await gatherFacts(checkout, "release", checkout);
    expect(tools).toMatchObject({ clusterctl: "v1.2.3", pulumi: "v1.2.3", kind: null });
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
});
