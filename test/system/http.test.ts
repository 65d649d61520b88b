import net from "node:net";
import { expect, jest, test } from "@jest/globals";
import { Response } from "undici";
import {
  askInternet,
  followRedirects,
  isTemporaryStatus,
  reasonOf,
  RefusedRedirect,
  retryAfterMs,
} from "../../system/http";

/** Follows redirects from the first address to each next one, and returns the requested addresses. */
const follow = async (...addresses: string[]): Promise<string[]> => {
  const requests: string[] = [];
  const answer = await followRedirects(addresses[0] ?? "", ({ href }) => {
    requests.push(href);
    const location = addresses[requests.length];
    return Promise.resolve(
      location === undefined ? new Response("end") : new Response("moved", { status: 302, headers: { location } }),
    );
  });
  expect(await answer.text()).toBe("end");
  return requests;
};

test.each([
  [["https://a.example/x", "https://b.example/y"], "stays with https"],
  [["http://a.example/x", "https://b.example/y"], "moves to https"],
  [["http://a.example/x", "http://b.example/y"], "stays with http"],
])("follows %j, which %s", async (addresses) => {
  expect(await follow(...addresses)).toEqual(addresses);
});

test("follows a location relative to the address that named it", async () => {
  const requests = await follow("https://a.example/x/y", "../z", "//b.example/w");
  expect(requests).toEqual(["https://a.example/x/y", "https://a.example/z", "https://b.example/w"]);
});

test.each([
  [["https://a.example/x", "http://b.example/y?key=secret"], "a.example redirects to http://b.example, without TLS"],
  [["https://a.example/", "http://b.example/", "https://a.example/"], "a.example redirects to http://b.example"],
  [["http://a.example/", "https://b.example/", "http://c.example/"], "b.example redirects to http://c.example"],
  [["https://a.example/", "file:///etc/passwd"], "a.example redirects to file://"],
  [["http://a.example/", "ftp://b.example/"], "a.example redirects to ftp://b.example"],
])("refuses %j", async (addresses, message) => {
  const following = follow(...addresses);
  await expect(following).rejects.toThrow(RefusedRedirect);
  await expect(following).rejects.toThrow(message);
  await expect(following).rejects.not.toThrow("secret");
});

test("follows ten redirects and refuses the eleventh", async () => {
  const addresses = Array.from({ length: 12 }, (_, index) => `https://a.example/${index}`);
  expect(await follow(...addresses.slice(0, 11))).toHaveLength(11);
  await expect(follow(...addresses)).rejects.toThrow("a.example redirects more than 10 times");
});

test.each([
  ["a redirect without a location", 302, {}],
  ["a status that is not a redirect", 304, { location: "http://b.example/" }],
])("takes %s as the answer", async (_, status, headers: Record<string, string>) => {
  const answer = await followRedirects("https://a.example/", () =>
    Promise.resolve(new Response(null, { status, headers })),
  );
  expect(answer.status).toBe(status);
});

test("gives each address of a host five seconds, where Node alone gives a quarter of one", async () => {
  const connect = jest.spyOn(net, "connect");
  await expect(askInternet("http://127.0.0.1:4/")).rejects.toThrow("fetch failed");
  expect(connect).toHaveBeenCalledWith(
    expect.objectContaining({ host: "127.0.0.1", autoSelectFamilyAttemptTimeout: 5000 }),
  );
});

test.each([
  [{ name: "TimeoutError", message: "aborted" }, "no answer in time"],
  [{ message: "fetch failed", cause: { message: "connect ECONNREFUSED" } }, "connect ECONNREFUSED"],
  [{ message: "fetch failed", cause: { message: "", errors: [{ message: "first" }] } }, "first"],
  [{ message: "terminated", cause: { message: "other side closed" } }, "terminated: other side closed"],
  [{ message: "fetch failed" }, "fetch failed"],
  ["text", "text"],
])("says why %j failed", (error, reason) => expect(reasonOf(error)).toBe(reason));

test.each([
  [null, 0],
  ["", 0],
  ["soon", 0],
  ["-5", 0],
  ["0", 0],
  ["7", 7000],
  [" 7 ", 7000],
  ["3600", 60_000],
  ["Mon, 30 Nov 2026 12:00:07 GMT", 7000],
  ["Mon, 30 Nov 2026 11:59:00 GMT", 0],
  ["Mon, 30 Nov 2026 20:00:00 GMT", 60_000],
])("reads Retry-After: %j as %d ms", (header, expected) => {
  expect(retryAfterMs(header, Date.parse("2026-11-30T12:00:00Z"))).toBe(expected);
});

test("tells a busy server from a missing file", () => {
  expect([408, 425, 429, 500, 502, 503, 504].every(isTemporaryStatus)).toBe(true);
  expect([200, 304, 400, 401, 403, 404, 410, 418].some(isTemporaryStatus)).toBe(false);
});
