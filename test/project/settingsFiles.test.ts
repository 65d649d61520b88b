import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { describeSettings, projectFile, settingsDocument, settingsJsonSchema } from "../../lib/settings/docs";
import { stackFile } from "../../preflight/stackFile";

const root = join(__dirname, "..", "..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");

// Prettier lays tables out by their widths; the words are what has to agree.
const words = (text: string): string => text.replace(/\s+|-{3,}/g, " ").replace(/ +/g, " ");

describe("npm run schema was run after the last change of the settings:", () => {
  test("slipway.schema.json", () => expect(JSON.parse(read("slipway.schema.json"))).toEqual(settingsJsonSchema()));
  test("Pulumi.yaml", () => expect(projectFile(read("Pulumi.yaml"))).toBe(read("Pulumi.yaml")));
  test("docs/reference/settings.md", () =>
    expect(words(read("docs/reference/settings.md"))).toBe(words(settingsDocument())));
});

describe("the schema", () => {
  const { config } = settingsJsonSchema()["properties"] as { config: { properties: Record<string, object> } };

  test("has every setting, under its full name", () => {
    expect(Object.keys(config.properties)).toEqual(describeSettings().map(({ key }) => `slipway:${key}`));
  });

  test("knows which fields an entry needs, and that labels are texts", () => {
    expect(config.properties).toMatchObject({
      "slipway:providers": { items: { required: ["name", "version", "manifest"] } },
      "slipway:clusters": {
        items: {
          properties: {
            workers: {
              items: {
                properties: {
                  labels: { additionalProperties: { type: "string" } },
                  taints: { items: { required: ["key"] } },
                },
              },
            },
          },
        },
      },
    });
  });

  test("has neither defaults that depend on others nor marks of secrets", () => {
    expect(config.properties["slipway:nodeImage"]).toEqual({ description: expect.any(String), type: "string" });
    expect(config.properties["slipway:templateSecrets"]).toEqual({
      description: expect.any(String),
      type: "object",
      default: {},
    });
  });

  test("knows an entry of clusters by its fields, and a name that must be there", () => {
    expect(config.properties["slipway:clusters"]).toMatchObject({
      type: "array",
      items: {
        required: ["name"],
        additionalProperties: false,
        properties: { backend: { enum: ["docker", "inMemory"] }, workers: { items: { required: ["name"] } } },
      },
    });
  });
});

test.each(["dev", "offline", "ha", "fleet", "many", "upgrade"])("Pulumi.%s.yaml names the schema", (stack) => {
  expect(readFileSync(stackFile(root, stack), "utf8")).toMatch(
    /^# yaml-language-server: \$schema=slipway\.schema\.json\n/,
  );
});

test("Pulumi.yaml gets its settings, and keeps what is above them", () => {
  const written = projectFile("name: mine\nconfig:\n  old:\n    type: string\n");
  expect(written).toMatch(/^name: mine\nconfig:\n {2}pins:\n {4}type: string\n {4}default: ""\n/);
  expect(written).not.toMatch(/^ {2}old:/m);
});
