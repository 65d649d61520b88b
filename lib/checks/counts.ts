import { refuse } from "../problem";
import type { Check } from "./check";

/** A whole number within bounds. */
export const between =
  (least: number, most: number): Check<number> =>
  (value) => {
    if (value >= least && value <= most) return;
    refuse({
      received: value,
      rule: `be from ${least} to ${most}`,
      remedy: `Set it to ${value < least ? least : most}`,
    });
  };

/** A number of etcd members. */
export const oddCount: Check<number> = (value) => {
  if ([1, 3, 5, 7].includes(value)) return;
  refuse({
    received: value,
    rule: "be 1, 3, 5 or 7, since etcd runs on the control plane and decides by majority",
    remedy: `Set it to ${value < 1 ? 1 : Math.min(value + ((value + 1) % 2), 7)}`,
  });
};
