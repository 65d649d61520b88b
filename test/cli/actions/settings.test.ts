import { expect, test } from "@jest/globals";
import { settings, settingLines } from "../../../cli/actions/settings";

const run = (operands: string[], options = {}) => settings({ operands, options, passed: [] }, []);

test("a setting is printed with type, default, rule, example and description", () => {
  const help = {
    key: "workerReplicas",
    type: "integer",
    default: 1,
    description: "Number of workers.",
    rule: "from 0 to 50",
    example: "Write it as 3",
  };
  expect(settingLines(help)).toEqual([
    "workerReplicas",
    "  type     integer",
    "  default  1",
    "  rule     from 0 to 50",
    "  example  Write it as 3",
    "",
    "Number of workers.",
  ]);
});

test("a wrong name is refused with the nearest setting", () => {
  expect(() => run(["workerReplica"])).toThrow("Did you mean workerReplicas?");
});
