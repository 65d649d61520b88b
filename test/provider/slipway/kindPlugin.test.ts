import { beforeEach, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { version } from "../../../package.json";
import { requireKindPlugin } from "../../../provider/slipway/kindPlugin";

/** Returns an error as gRPC's client makes it of a plugin's error. */
const failure = (details: string): Error => Object.assign(new Error(details), { details });

let answer: () => Record<string, unknown>;
let calls: string[];
beforeEach(async () => {
  calls = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name }) => ({ id: name, state: {} }),
      call: ({ token, provider }) => {
        calls.push(`${token} ${provider ?? ""}`);
        return answer();
      },
    },
    "project",
    "stack",
    true,
  );
});

test("a plugin kind of the same version is accepted", async () => {
  answer = () => ({ version });
  await expect(requireKindPlugin({})).resolves.toBeUndefined();
  expect(calls).toEqual(["kind:index:getVersion "]);
});

test("a plugin kind of another version is refused in a preview, with both versions and the fix", async () => {
  answer = () => ({ version: "9.9.9" });
  await expect(requireKindPlugin({})).rejects.toThrow(
    new Error(
      `plugin kind: expected version ${version}, as the plugin slipway has, got 9.9.9. ` +
        "Name the folder provider/kind of the same package in Pulumi.yaml.",
    ),
  );
});

test("a plugin kind without the function is refused as an earlier version", async () => {
  answer = () => {
    throw failure("the plugin kind has no function kind:index:getVersion");
  };
  await expect(requireKindPlugin({})).rejects.toThrow(
    `expected version ${version}, as the plugin slipway has, got an earlier version.`,
  );
});

test("another failure of the plugin kind stays as it is", async () => {
  answer = () => {
    throw failure("no resource plugin 'kind' found");
  };
  await expect(requireKindPlugin({})).rejects.toThrow("no resource plugin 'kind' found");
});

test("the provider that the program names for kind is calls", async () => {
  answer = () => ({ version });
  class Named extends pulumi.ProviderResource {
    constructor() {
      super("kind", "named", {});
    }
  }
  await requireKindPlugin({ providers: { kind: new Named() } });
  expect(calls).toEqual([expect.stringMatching(/^kind:index:getVersion urn:.*::pulumi:providers:kind::named::named$/)]);
});
