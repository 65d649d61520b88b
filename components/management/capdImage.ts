import { RemoteImage } from "@pulumi/docker/remoteImage";
import * as pulumi from "@pulumi/pulumi";
import { createStep, step } from "../kubernetes/step";

/** Source of the manager image of Cluster API's Docker provider. */
export interface CapdImageArgs {
  /**
   * `build` compiles the pinned Go module or a clone, `pull` downloads, `archive` loads a file, `local` uses Docker's own image.
   */
  source: "build" | "pull" | "archive" | "local";
  /** Image reference with tag. */
  image: string;
  /** Version of Cluster API to build, without the leading v. */
  version: string;
  /** Path of a clone of Cluster API to build, instead of the Go module. */
  clone?: string;
  /** Path and SHA-256 checksum of a `docker save` file, for `archive`. */
  archive?: { path: string; sha256: string };
  /** Id that Docker has for the image now, for `local`. */
  localId?: string;
}

/** Provides the CAPD manager image in the host's Docker. */
export class CapdImage extends pulumi.ComponentResource {
  /** Content id of the image (sha256:…). A rebuilt tag has another id. */
  public readonly imageId: pulumi.Output<string>;

  constructor(name: string, args: CapdImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:CapdImage", name, {}, opts);
    this.imageId = this.provide(name, args);
    this.registerOutputs({});
  }

  private refused(message: string): pulumi.ResourceError {
    return new pulumi.ResourceError(message, this, true);
  }

  private provide(name: string, args: CapdImageArgs): pulumi.Output<string> {
    switch (args.source) {
      // `make tools` built the image, or the user loaded the image. preflight/images/stack.ts reads the image's id.
      case "local":
        if (args.localId === undefined)
          throw this.refused(
            `capdImageSource: expected ${args.image} in this machine's Docker with the value local, got no such image. ` +
              "Run make tools, or set capdImageSource to pull.",
          );
        return pulumi.output(args.localId);
      // Docker pulls the image from its registry.
      case "pull":
        // Kept on destroy: the image belongs to the host, and the next up would pull it again.
        return new RemoteImage(name, { name: args.image, keepLocally: true }, { parent: this }).imageId;
      // steps/capd-build runs cli/toolchain/source/buildCapdImage.ts.
      case "build":
        return createStep(
          name,
          {
            ...step("capd-build"),
            environment: {
              CLUSTER_API_VERSION: args.version,
              IMAGE: args.image,
              ...(args.clone === undefined ? {} : { CAPD_SOURCE: args.clone }),
            },
          },
          { parent: this, customTimeouts: { create: "60m", update: "60m" } },
        ).stdout;
      // steps/capd-archive runs `docker load`.
      case "archive": {
        const { archive } = args;
        if (archive === undefined)
          throw this.refused(
            "capdImageArchive: expected a path with capdImageSource archive, got nothing. " +
              "Set it to a file that docker save wrote.",
          );
        return createStep(
          name,
          {
            ...step("capd-archive"),
            environment: { ARCHIVE: archive.path, ARCHIVE_SHA256: archive.sha256, IMAGE: args.image },
          },
          { parent: this },
        ).stdout;
      }
    }
  }
}
