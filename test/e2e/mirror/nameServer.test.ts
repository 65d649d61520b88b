import { describe, expect, test } from "@jest/globals";
import { answerTo, questionIn } from "./nameServer";

/** A query with the id 7 for one name, as resolvers send it, with an additional record behind the question. */
const query = (name: string, type: number): Buffer =>
  Buffer.concat([
    Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]),
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0, 0, type, 0, 1]),
    Buffer.from([0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]),
  ]);

const known = { "quay.io": "198.51.100.25" };
const codeOf = (answer: Buffer | undefined): number => (answer?.[3] ?? 0) & 0x0f;
const countOf = (answer: Buffer | undefined): number | undefined => answer?.readUInt16BE(6);

describe("the name server of the release scenario", () => {
  test("reads the name and the type of a question, in lower case", () => {
    expect(questionIn(query("Quay.IO", 28))).toMatchObject({ name: "quay.io", type: 28 });
  });

  test("gives the address of a known name, with the query's id", () => {
    const answer = answerTo(query("quay.io", 1), known);
    expect(answer?.readUInt16BE(0)).toBe(7);
    expect([codeOf(answer), countOf(answer)]).toEqual([0, 1]);
    expect([...(answer?.subarray(-4) ?? [])]).toEqual([198, 51, 100, 25]);
  });

  test("says that a known name exists, without an IPv6 address", () => {
    const answer = answerTo(query("quay.io", 28), known);
    expect([codeOf(answer), countOf(answer)]).toEqual([0, 0]);
  });

  test.each(["example.org", "constructor"])("says that %s does not exist", (name) => {
    expect(codeOf(answerTo(query(name, 1), known))).toBe(3);
  });

  test("does not answer a packet that was cut", () => {
    expect(answerTo(query("quay.io", 1).subarray(0, 16), known)).toBeUndefined();
  });
});
