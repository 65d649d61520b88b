import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { startPlugin } from "../../../helpers/startPlugin";

const program = ".tools/bin/pulumi-resource-docker";
const type = "docker:index/network:Network";

const stated = {
  "com.docker.network.bridge.enable_ip_masquerade": "true",
  "com.docker.network.driver.mtu": "1500",
};
/** A network as Docker describes it where `default-network-opts` adds options. */
const added = { ...stated, "com.docker.network.enable_ipv4": "true", "com.docker.network.enable_ipv6": "false" };
const inputs = { name: "kind", driver: "bridge", ipamDriver: "default", options: stated };

let docker: Server;
let folder: string;
let plugin: Awaited<ReturnType<typeof startPlugin>>;

const struct = (value: object) => Struct.fromJavaScript(value as Record<string, JavaScriptValue>);

/** Returns the properties for which the plugin would replace a network with these options. */
const replacedFor = async (options: object, ignoreChanges: string[]): Promise<string[]> => {
  const request = new proto.DiffRequest();
  request.setId("0123456789ab");
  request.setUrn(`urn:pulumi:test::slipway::${type}::network`);
  request.setType(type);
  request.setName("network");
  request.setOlds(struct({ ...inputs, id: "0123456789ab", options }));
  request.setOldInputs(struct(inputs));
  request.setNews(struct(inputs));
  request.setIgnorechangesList(ignoreChanges);
  const response = await new Promise<proto.DiffResponse>((resolve, reject) =>
    plugin.client.diff(request, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
  return [...new Set(response.getReplacesList())];
};

(existsSync(program) ? describe : describe.skip)("Pulumi's docker plugin", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "slipway-docker-"));
    docker = createServer((_, response) => response.writeHead(200, { "api-version": "1.47" }).end("{}"));
    const socket = join(folder, "docker.sock");
    await new Promise<void>((resolve) => docker.listen(socket, resolve));
    plugin = await startPlugin(program, { ...process.env, DOCKER_HOST: `unix://${socket}` });
    const request = new proto.ConfigureRequest();
    request.setArgs(struct({}));
    await new Promise((resolve, reject) =>
      plugin.client.configure(request, (error, answer) => (error ? reject(error) : resolve(answer))),
    );
  });
  afterAll(() => {
    plugin.close();
    docker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("replaces a network for options that Docker added", async () => {
    expect(await replacedFor(added, [])).toEqual(["options"]);
  });

  test("keeps the network where the program ignores its options", async () => {
    expect(await replacedFor(added, ["options"])).toEqual([]);
    expect(await replacedFor(stated, ["options"])).toEqual([]);
  });
});
