import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../../../system/checkout";
import { run, type Log } from "../../../../system/exec";
import type { Artifact, BuildContext } from "../../build/artifact";
import { ensureDocker } from "../docker";
import { downloadModule } from "../goGroup";

/** Source of a file or folder in a build context. */
export type Piece =
  | { artifact: string; path: string }
  /** File in cli/toolchain/source/files. */
  | { ours: string; mode?: number }
  /** File or folder in a Go module (path@version). Files of modules have no modes. */
  | { module: string; path: string; mode?: number }
  | { text: string }
  | { link: string }
  | { folder: true; mode: number };

/** Definition of an image: all inputs of its key. */
export interface ImageDefinition {
  /** Artifact name. */
  name: string;
  /** Full tag. */
  image: string;
  dockerfile: string;
  needs: Artifact[];
  /** The build context: path to source. Later entries may be in folders of earlier entries. */
  pieces?: Record<string, Piece>;
  /** Creates files that are not copies. `recipe` is the text for the key. */
  prepare?: { recipe: string; make: (context: BuildContext, folder: string) => Promise<void> };
}

/** Returns the path of a file in cli/toolchain/source/files. */
export const ourFile = (name: string): string => join(root, "cli/toolchain/source/files", name);

/** Returns a key from all inputs of an artifact. */
export const keyOf = (...parts: unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);

const ourTexts = (pieces: Record<string, Piece>): string[] =>
  Object.values(pieces).flatMap((piece) => ("ours" in piece ? [readFileSync(ourFile(piece.ours), "utf8")] : []));

/** Sets the modes of a copied file, or of all files in a copied folder. */
const setModes = (path: string, mode: number): void => {
  const folder = statSync(path).isDirectory();
  chmodSync(path, folder ? 0o755 : mode);
  if (folder) readdirSync(path).forEach((name) => setModes(join(path, name), mode));
};

/** Writes the pieces into the folder of a build context. */
const gather = async (pieces: Record<string, Piece>, folder: string, context: BuildContext): Promise<void> => {
  for (const [to, piece] of Object.entries(pieces)) {
    const target = join(folder, to);
    mkdirSync(dirname(target), { recursive: true });
    if ("artifact" in piece) cpSync(join(context.of(piece.artifact), piece.path), target, { recursive: true });
    else if ("text" in piece) writeFileSync(target, piece.text, { mode: 0o644 });
    else if ("link" in piece) symlinkSync(piece.link, target);
    else if ("folder" in piece) {
      mkdirSync(target, { recursive: true });
      chmodSync(target, piece.mode);
    } else if ("ours" in piece) {
      cpSync(ourFile(piece.ours), target);
      setModes(target, piece.mode ?? 0o644);
    } else {
      const module = await downloadModule(piece.module, context.log);
      // Modules are read-only. With preserved modes, cp could not write into the copied folders.
      await run("cp", ["-R", "--no-preserve=mode", join(module.Dir, piece.path), target], { log: context.log });
      setModes(target, piece.mode ?? 0o644);
    }
  }
};

const listImages = async (): Promise<Map<string, string>> => {
  const list = ["image", "ls", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"];
  const text = await run("docker", list).catch(async () => {
    await ensureDocker(() => undefined); // a stopped dockerd still has the images
    return run("docker", list);
  });
  return new Map(text.split("\n").map((line) => line.split(" ") as [string, string]));
};

let listing: Promise<Map<string, string>> | undefined;

/** Returns the ids of all local images by tag. Simultaneous calls share one call of docker. */
const imageIds = (): Promise<Map<string, string>> => {
  listing ??= listImages().finally(() => (listing = undefined));
  return listing;
};

/** Builds a context folder with Docker's classic builder, which Debian's Docker has. */
const buildImage = async (image: string, folder: string, args: Record<string, string>, log: Log): Promise<void> => {
  const buildArgs = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const env = { DOCKER_BUILDKIT: "0" };
  // The host's network, so that apt in the build reaches the same mirrors and name servers as on the machine.
  const build = ["build", "--force-rm", "--network", "host", ...buildArgs, "--tag", image, folder];
  // One stream for both outputs, so that the error contains the output of a failed step in order.
  log(await run("sh", ["-c", 'exec docker "$@" 2>&1', "docker", ...build], { env, log }));
};

/** Returns the artifact of a definition. Its folder contains image.json, and its image is in Docker. */
export const imageArtifact = (definition: ImageDefinition, args: () => Promise<Record<string, string>>): Artifact => {
  const { name, image, dockerfile, needs, pieces = {}, prepare } = definition;
  return {
    name,
    title: `Image ${image}`,
    gives: image,
    needs: needs.map((need) => need.name),
    key: keyOf(
      image,
      dockerfile,
      pieces,
      ourTexts(pieces),
      prepare?.recipe,
      needs.map((need) => need.key),
    ),
    build: async (context) => {
      await ensureDocker(context.log);
      const folder = join(context.target, "context");
      mkdirSync(folder, { recursive: true });
      await gather(pieces, folder, context);
      await prepare?.make(context, folder);
      writeFileSync(join(folder, "Dockerfile"), dockerfile);
      await buildImage(image, folder, await args(), context.log);
      rmSync(folder, { recursive: true, force: true });
      const id = await run("docker", ["image", "inspect", "--format", "{{.Id}}", image]);
      writeFileSync(join(context.target, "image.json"), `${JSON.stringify({ name: image, id: id.trim() })}\n`);
    },
    present: async (folder) => {
      const built = JSON.parse(readFileSync(join(folder, "image.json"), "utf8")) as { name: string; id: string };
      return built.id === (await imageIds()).get(built.name);
    },
  };
};
