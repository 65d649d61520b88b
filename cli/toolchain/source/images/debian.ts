import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pins } from "../../../../lib/versions/pins";
import { run } from "../../../../system/exec";
import type { Artifact } from "../../build/artifact";
import { dockerRunning, ensureDocker } from "../docker";
import { aptInstall, aptProxy, machineMirror } from "./apt";
import { imageArtifact, keyOf, ourFile, type ImageDefinition } from "./recipe";

const release = pins.source.debian;

/** Docker as an artifact, so that its installation runs during the compilation of Go programs. */
export const docker: Artifact = {
  name: "docker",
  title: "Docker",
  needs: [],
  key: keyOf("docker"),
  build: (context) => ensureDocker(context.log),
  present: dockerRunning,
};

/** Debian's root file system as a tar archive, so that a Docker without images does not need debootstrap again. */
export const debianRootfs: Artifact = {
  name: "debian-rootfs",
  title: `Debian ${release} (debootstrap)`,
  needs: [],
  key: keyOf(release, readFileSync(ourFile("debian-rootfs.sh"), "utf8")),
  build: async ({ target, log }) => {
    await aptInstall(["debootstrap", "debian-archive-keyring"], log);
    const mirror = machineMirror(release);
    const rootfs = join(target, "rootfs");
    mkdirSync(rootfs, { recursive: true });
    const args = [ourFile("debian-rootfs.sh"), rootfs, release, mirror.main, mirror.security ?? ""];
    log(await run("sh", args, { log, env: await aptProxy() }));
    copyFileSync(join(rootfs, "etc/ssl/certs/ca-certificates.crt"), join(target, "ca-certificates.crt"));
    await run("tar", ["-C", rootfs, "--numeric-owner", "-cf", join(target, "rootfs.tar"), "."], { log });
    rmSync(rootfs, { recursive: true, force: true });
  },
};

/** Returns an image artifact. apt in its build uses the proxy of this machine's apt. */
export const image = (definition: ImageDefinition): Artifact => imageArtifact(definition, aptProxy);

/** Returns a Dockerfile instruction that installs packages and removes apt's files. */
export const aptRun = (packages: string[]): string =>
  `RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes ${packages.join(" ")} \\\n` +
  " && rm -rf /var/cache/apt/* /var/cache/debconf/*-old /var/lib/apt/lists/* && find /var/log -type f -delete";

/** Base of the images with Debian programs. */
export const debianImage = image({
  name: "image-debian",
  image: `slipway/debian:${release}`,
  needs: [docker, debianRootfs],
  pieces: { "rootfs.tar": { artifact: debianRootfs.name, path: "rootfs.tar" } },
  dockerfile: "FROM scratch\nADD rootfs.tar /\n",
});
