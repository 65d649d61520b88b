import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A home folder that takes the place of the user's own. */
export interface UserHome {
  folder: string;
  /** Puts the user's own home back, and removes the folder. */
  leave: () => void;
}

/** Gives this process an empty home folder without a KUBECONFIG, so that a test cannot change the user's files. */
export const enterHome = (): UserHome => {
  const { HOME, KUBECONFIG, SLIPWAY_CALLED_IN } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "slipway-home-"));
  process.env.HOME = folder;
  delete process.env.KUBECONFIG;
  delete process.env.SLIPWAY_CALLED_IN;
  return {
    folder,
    leave: () => {
      for (const [name, value] of Object.entries({ HOME, KUBECONFIG, SLIPWAY_CALLED_IN })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
