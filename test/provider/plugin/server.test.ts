import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { string } from "../../../provider/plugin/property";
import { keepMark, type ResourceKind, inputChanges } from "../../../provider/plugin/resourceKind";
import { plain, struct } from "../../../provider/plugin/rpc";
import { makeServer } from "../../../provider/plugin/server";
import type { Properties } from "../../../provider/plugin/values";
import { connectPlugin } from "../../helpers/pluginClient";

const inputs = { name: { description: "Its name.", type: string, replaces: true } };
const never = (): Promise<never> => Promise.reject(new Error("never"));
const kind: ResourceKind = {
  declaration: { description: "A thing.", inputs, outputs: {} },
  diff: (old, news) => inputChanges(inputs, old, news),
  create: never,
  read: never,
  update: never,
};
const urn = "urn:pulumi:s::p::t:index:Thing::one";

let client: ResourceProviderClient;
let close: () => void;
beforeAll(async () => {
  const server = makeServer({ name: "t", version: "1.0.0", kinds: { "t:index:Thing": kind } });
  ({ client, close } = await connectPlugin(server));
});
afterAll(() => close());

const check = (news: Properties): Promise<Properties> =>
  new Promise((resolve, reject) =>
    client.check(new proto.CheckRequest().setUrn(urn).setNews(struct(news)), (error, response) =>
      error ? reject(error) : resolve(plain(response.getInputs())),
    ),
  );
const replaces = (old: Properties, news: Properties): Promise<string[]> =>
  new Promise((resolve, reject) =>
    client.diff(new proto.DiffRequest().setUrn(urn).setOlds(struct(old)).setNews(struct(news)), (error, response) =>
      error ? reject(error) : resolve(response.getReplacesList()),
    ),
  );

const invoke = (token: string): Promise<Properties> =>
  new Promise((resolve, reject) =>
    client.invoke(new proto.InvokeRequest().setTok(token), (error, response) =>
      error ? reject(error) : resolve(plain(response.getReturn())),
    ),
  );

test("a plugin tells another plugin its version, and refuses other functions", async () => {
  await expect(invoke("t:index:getVersion")).resolves.toEqual({ version: "1.0.0" });
  await expect(invoke("t:index:other")).rejects.toThrow("the plugin t has no function t:index:other");
});

test("a protected resource is replaced in a preview only, and the mark is not an input", async () => {
  const news = await check({ name: "b", [keepMark]: "do without" });
  expect(news).toEqual({ name: "b" });
  await expect(replaces({ name: "a" }, news)).rejects.toThrow(
    'name: expected "a", got "b". Nothing was changed: do without',
  );
  await expect(replaces({ name: "b" }, news)).resolves.toEqual([]);
  // The same engine's next look asks for nothing.
  await expect(replaces({ name: "a" }, await check({ name: "b" }))).resolves.toEqual(["name"]);
});
