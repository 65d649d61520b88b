import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { checkCapdImage, withoutProblems } from "../../../preflight/images/capdImage";
import type { RegistryAnswer } from "../../../preflight/images/registry";

const image = `gcr.io/k8s-staging-cluster-api/capd-manager:v${pins.release.clusterApi}`;

const check = async (config: Record<string, unknown>, answer: RegistryAnswer, local: string[] = []) => {
  const queried: string[] = [];
  const verdict = await checkCapdImage(
    readSettings({ config, pins }),
    () => Promise.resolve(Object.fromEntries(local.map((name) => [name, "sha256:1"]))),
    (name) => {
      queried.push(name);
      return Promise.resolve(answer);
    },
  );
  return { ...verdict, queried };
};

test("refuses an image that neither Docker nor the registry has, and names both ways out", async () => {
  const verdict = await check({}, "missing");
  expect(verdict.problems).toEqual([expect.stringMatching(/^capdImage: .*capd-manager/)]);
  expect(verdict.problems[0]).toMatch(/clusterApi in pins\.json to a newer release/);
  expect(verdict.problems[0]).toMatch(/install Go and set capdImageSource to build/);
  expect(verdict.warnings).toEqual([]);
});

test("refuses the user's own image with advice about that image alone", async () => {
  const { problems } = await check({ capdImage: "my.registry/typo:v1" }, "missing");
  expect(problems).toEqual([
    expect.stringMatching(/^capdImage: .*, got "my\.registry\/typo:v1"\. Correct capdImage, or remove it/),
  ]);
});

test("warns about a registry that cannot be asked", async () => {
  expect(await check({}, { unknown: "no route" })).toMatchObject({
    problems: [],
    warnings: [
      `capdImage: expected an image that exists, got ${image}, which could not be checked (no route); ` +
        "up fails if the image is missing",
    ],
  });
});

test("accepts an image that the registry serves", async () => {
  expect(await check({}, "there")).toEqual({ problems: [], warnings: [], queried: [image] });
});

test.each<[string, Record<string, unknown>, string[]]>([
  ["Docker has it", {}, [image]],
  ["it is built", { capdImageSource: "build" }, []],
  ["it comes from Docker", { capdImageSource: "local", imageSource: "local" }, []],
  ["somebody else made the management cluster", { managementKubeconfig: "a.yaml" }, []],
])("does not ask the registry for the image where %s", async (_, config, local) => {
  expect(await check(config, "missing", local)).toEqual({ problems: [], warnings: [], queried: [] });
});

test("only warns while a management cluster exists, whose node has the image", () => {
  expect(withoutProblems({ problems: ["gone"], warnings: ["unknown"] })).toEqual({
    problems: [],
    warnings: ["unknown", "gone"],
  });
});
