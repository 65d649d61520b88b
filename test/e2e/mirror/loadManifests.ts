// Loads the manifests of the default settings and of the other pod networks, as the program does before a preview.
// Prints one line for each manifest that cannot be loaded.
import { cniLocation } from "../../../lib/addons/cni";
import { messageOf } from "../../../lib/base/errors";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { loadManifest, manifestStore } from "../../../preflight/manifests/store";

const settings = readSettings({ config: {}, pins });
const locations: Record<string, string> = {
  ...settings.manifests,
  flannel: cniLocation("flannel", settings),
  kindnet: cniLocation("kindnet", settings),
};

const loadAll = async (): Promise<void> => {
  await Promise.all(
    Object.entries(locations).map(([name, location]) =>
      loadManifest(location, manifestStore(name)).catch((error: unknown) => {
        console.log(messageOf(error));
        process.exitCode = 1;
      }),
    ),
  );
};
void loadAll();
