import { describe, expect, test } from "@jest/globals";
import { capped, waitLimit, withPullTime } from "../../program/waitLimit";

describe("SLIPWAY_TIMEOUT", () => {
  test.each([[undefined], [""]])("sets no limit if it is %p", (text) => {
    expect(waitLimit({ SLIPWAY_TIMEOUT: text })).toBeUndefined();
  });

  test.each([["1"], ["90"], ["999999"]])("takes %s seconds", (text) => {
    expect(waitLimit({ SLIPWAY_TIMEOUT: text })).toBe(Number(text));
  });

  test.each([["0"], ["5m"], ["-1"], ["1e3"], ["a[$(id)]"], [" 5"], ["1000000"]])("refuses %p", (text) => {
    expect(() => waitLimit({ SLIPWAY_TIMEOUT: text })).toThrow(/SLIPWAY_TIMEOUT: expected a number of seconds/);
  });
});

describe("a resource's patience", () => {
  test.each([
    [{ create: "20m", update: "60m", delete: "30m" }, 90, { create: "90s", update: "90s", delete: "30m" }],
    [{ create: "30s" }, 90, { create: "30s", update: "90s" }],
    [{}, 90, { create: "90s", update: "90s" }],
    [{ create: "1h", update: "2m" }, 600, { create: "600s", update: "120s" }],
  ])("%p of at most %d s is %p", (timeouts, limit, expected) => {
    expect(capped(timeouts, limit)).toEqual(expected);
  });
});

describe("time for pulls", () => {
  test.each([
    [{}, { create: "1800s", update: "1800s" }],
    [
      { create: "20m", update: "1h", delete: "5m" },
      { create: "1800s", update: "1h", delete: "5m" },
    ],
  ])("makes %p to %p", (timeouts, expected) => {
    expect(withPullTime(timeouts)).toEqual(expected);
  });
});
