import { expect, jest, test } from "@jest/globals";
import type { Settings } from "../lib/settings/types";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";

const mockImage = "slipway/capd-manager:0123456789ab";
jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) => {
    const { clone } = settings.capd;
    return Promise.resolve({ ...inputs(settings), capd: clone === undefined ? {} : { image: mockImage, clone } });
  },
}));
const program = jest.requireActual<Program>("..");

const buildOf = async (more: Record<string, string>) => {
  const config = { "slipway:capdImageSource": "build", ...more };
  const { find } = await recordProgram(program, { preview: false, stack: "dev", config });
  const { inputs: step } = find("capd-image", "command:local:Command");
  const { inputs: load } = find("provider-images", "kind:index:ImageLoad");
  return { step, images: Object.keys(load["images"] as object) };
};

test("the step of a build from the Go module has the inputs of earlier versions", async () => {
  const { step, images } = await buildOf({});
  const image = "gcr.io/k8s-staging-cluster-api/capd-manager:v1.14.2";
  expect(step).toEqual({
    ...{ create: "steps/capd-build", update: "steps/capd-build" },
    environment: { CLUSTER_API_VERSION: "1.14.2", IMAGE: image },
  });
  expect(images).toContain(image);
});

test("the step of a build from a clone has the clone's path as it is in the settings, and its image", async () => {
  const { step, images } = await buildOf({ "slipway:capdSource": "~/my clones/cluster-api" });
  expect(step["environment"]).toEqual({
    CLUSTER_API_VERSION: "1.14.2",
    IMAGE: mockImage,
    CAPD_SOURCE: "~/my clones/cluster-api",
  });
  expect(images).toContain(mockImage);
});
