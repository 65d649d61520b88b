import { readFileSync } from "node:fs";
import { join } from "node:path";
import { probeRoute } from "../../cli/toolchain/route";
import { askRegistry } from "../../preflight/images/registry";
import { loadManifest } from "../../preflight/manifests/store";
import { download } from "../../system/download";
import { reasonOf } from "../../system/http";

const [folder = "", ...questions] = process.argv.slice(2);
const retryPolicy = { tries: 1, pauseMs: 1, stallMs: 5000 };

/** Each part of the product that asks the internet, by the name of its question. */
const parts: Readonly<Record<string, (address: string) => Promise<string>>> = {
  download: async (url) => {
    const file = join(folder, "file");
    await download(url, file, () => undefined, retryPolicy);
    return readFileSync(file, "utf8");
  },
  manifest: async (url) => {
    const options = {
      lockFile: join(folder, "lock.json"),
      cacheDir: join(folder, "cache"),
      name: "cniManifest",
      retryPolicy,
    };
    return (await loadManifest(url, options)).text;
  },
  registry: async (image) => JSON.stringify(await askRegistry(image, { timeout: 5000 })),
  route: async (url) => (await probeRoute([url], { timeoutMs: 5000, tries: 1 })).reason,
};

/** Asks the questions, each as PART=ADDRESS, one after the other, and prints the answers as JSON. */
const askAll = async (): Promise<void> => {
  const answers: string[] = [];
  for (const question of questions) {
    const [part = "", address = ""] = question.split("=");
    answers.push((await parts[part]?.(address).catch(reasonOf)) ?? "");
  }
  console.log(JSON.stringify(answers));
};
void askAll();
