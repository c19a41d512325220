import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Engine } from "../../../../sandbox/doubles/framework/engine";
import { PartialFailure } from "../../../../sandbox/doubles/framework/failure";
import { isLoopback, requireLoopback } from "../../../../sandbox/doubles/framework/loopback";
import { toSubject } from "../../../../sandbox/doubles/framework/messages";
import type { Plugin } from "../../../../sandbox/doubles/framework/plugin";
import { secret } from "../../../../sandbox/doubles/framework/value";
import { partialOf, Rig } from "./rig";

/** A plugin that does nothing but what a test says. */
function pluginThat(does: Partial<Plugin>): Plugin {
  return {
    name: "test",
    version: "1.2.3",
    checkConfig: ({ news }) => Promise.resolve({ inputs: news }),
    diffConfig: () => Promise.resolve({ changes: false }),
    configure: () => Promise.resolve({}),
    check: ({ news }) => Promise.resolve({ inputs: news }),
    diff: () => Promise.resolve({ changes: undefined }),
    create: ({ properties }) => Promise.resolve({ id: "id", properties }),
    read: ({ id, properties, inputs }) => Promise.resolve({ id, properties, inputs }),
    update: ({ news }) => Promise.resolve({ properties: news }),
    delete: () => Promise.resolve(),
    ...does,
  };
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function rigOf(does: Partial<Plugin> = {}): Promise<Rig> {
  const rig = await Rig.of(pluginThat(does));
  open.push(() => rig.stop());
  return rig;
}

describe("the service", () => {
  it("answers with what the engine wants to hear", async () => {
    const rig = await rigOf();
    expect(await rig.version()).toBe("1.2.3");
    expect(await rig.configure()).toEqual({
      acceptsecrets: true,
      acceptresources: true,
      acceptoutputs: true,
      supportspreview: true,
      supportsAutonamingConfiguration: false,
    });
  });

  it("carries secrets there and back", async () => {
    const rig = await rigOf();
    const news = { a: secret("b"), c: [secret({ d: 1 })] };
    expect((await rig.check("t:index:T", news)).inputs).toEqual(news);
    expect((await rig.make("t:index:T", news)).state).toEqual(news);
  });

  it("tells an error's message, and no stack, whenever it is thrown", async () => {
    const rig = await rigOf({
      create: () => {
        throw new Error("at once: ä");
      },
      read: () => Promise.reject(new Error("later\nin two lines")),
    });
    const failure = rig.make("t:index:T", {});
    await expect(failure).rejects.toThrow("2 UNKNOWN: at once: ä");
    await expect(failure).rejects.toMatchObject({ details: "at once: ä" });
    await expect(rig.read("t:index:T", { id: "x", inputs: {}, state: {} })).rejects.toMatchObject({
      details: "later\nin two lines",
    });
  });

  it("tells what was made before it failed", async () => {
    const rig = await rigOf({
      create: ({ properties }) => Promise.reject(new PartialFailure("half", properties, ["not ready", "too late"])),
    });
    const error: unknown = await rig.make("t:index:T", { a: secret("b") }).catch((thrown: unknown) => thrown);
    expect(partialOf(error)).toEqual({ id: "half", state: { a: secret("b") }, reasons: ["not ready", "too late"] });
  });

  it("has no functions unless the plugin has", async () => {
    const rig = await rigOf();
    await expect(rig.invoke("t:index:f", {})).rejects.toMatchObject({ code: grpc.status.UNIMPLEMENTED });
  });
});

describe("a request's subject", () => {
  const request = (urn: string, type = "", name = "") => ({
    getUrn: () => urn,
    getType: () => type,
    getName: () => name,
  });

  it("is read off the URN when the engine is old", () => {
    const urn = "urn:pulumi:s::p::estate:index:Tenant$kubernetes:core/v1:Namespace::a::b";
    expect(toSubject(request(urn))).toEqual({ urn, type: "kubernetes:core/v1:Namespace", name: "a::b" });
    expect(toSubject(request(urn, "t", "n"))).toEqual({ urn, type: "t", name: "n" });
  });
});

describe("the engine's log", () => {
  it("gets messages with their resource, and notices when the engine is gone", async () => {
    const heard: LogRequest.AsObject[] = [];
    const server = new grpc.Server();
    server.addService(EngineService, {
      log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) => {
        heard.push(call.request.toObject());
        done(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
    });
    const engine = new Engine(`127.0.0.1:${port}`);
    const gone = vi.fn();
    engine.onGone(gone);
    await engine.log("warning", "careful", "urn:x");
    expect(heard).toMatchObject([{ severity: LogSeverity.WARNING, message: "careful", urn: "urn:x" }]);
    expect(gone).not.toHaveBeenCalled();
    server.forceShutdown();
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce(), { timeout: 5_000 });
  });

  it("goes to stderr without an engine", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await new Engine().log("info", "hello");
    expect(write).toHaveBeenCalledWith("info: hello\n");
    write.mockRestore();
  });
});

describe("loopback", () => {
  it.each(["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]", "::ffff:127.0.0.1"])("is %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(["localhost.evil.com", "127.0.0.1.evil.com", "0.0.0.0", "10.0.0.1", "::", "[2001:db8::1]", "127.1.evil", ""])(
    "is not %j",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  it("is all a double speaks to, and it says how to get the real plugin", () => {
    expect(() => requireLoopback("vault", "https://vault.example.com")).toThrow(
      /refuses https:\/\/vault.example.com.*PATH/,
    );
    expect(requireLoopback("vault", "http://[::1]:8200/").port).toBe("8200");
  });
});
