import { expect, test } from "@jest/globals";
import { isVersion, parseVersion, releaseOf } from "../../../lib/versions/semver";

test.each(["1.34.4", "v1.34.4", "v1.30.0-eks-036c24b", "v1.34.4+k3s1", "v1.34.0-rc.1"])(
  "%s is a full version",
  (text) => expect(isVersion(text)).toBe(true),
);

test.each(["", "latest", "1.34", "v1.34.4.1", "v1.034.4", "=1.34.4", " 1.34.4", "v1.34.4\n", "v1.34.4-"])(
  "%j is not a full version",
  (text) => {
    expect(isVersion(text)).toBe(false);
    expect(() => parseVersion(text)).toThrow(
      `expected three numbers, for example v1.34.4, got ${JSON.stringify(text)}`,
    );
  },
);

test.each([
  ["v1.34.4+x", "1.34.4"],
  ["v1.34.0-rc.1", "1.34.0"],
  ["v1.34.4_k3s1", "1.34.4"],
  ["own-build", undefined],
])("the release of %s is %s", (text, release) => expect(releaseOf(text)?.version).toBe(release));
