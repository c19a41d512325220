import type * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { decode, encode } from "./codec";
import type { Engine } from "./engine";
import { NotImplemented, toStatus } from "./failure";
import { toCheckRequest, toCheckResponse, toDiffRequest, toDiffResponse, toFailures, toSubject } from "./messages";
import type { Plugin } from "./plugin";

/** The gRPC service of a plugin: each call decoded, answered on plain values, encoded. */
export function service(plugin: Plugin, engine: Engine): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary<Empty, PluginInfo>(() => {
      const info = new PluginInfo();
      info.setVersion(plugin.version);
      return Promise.resolve(info);
    }),
    attach: unary<PluginAttach, Empty>((request) => {
      engine.attach(request.getAddress());
      return Promise.resolve(new Empty());
    }),
    getSchema: unary<pb.GetSchemaRequest, pb.GetSchemaResponse>(async () => {
      const response = new pb.GetSchemaResponse();
      response.setSchema((await plugin.schema?.()) ?? JSON.stringify({ name: plugin.name, version: plugin.version }));
      return response;
    }),
    checkConfig: unary<pb.CheckRequest, pb.CheckResponse>(async (request) =>
      toCheckResponse(await plugin.checkConfig(toCheckRequest(request))),
    ),
    diffConfig: unary<pb.DiffRequest, pb.DiffResponse>(async (request) =>
      toDiffResponse(await plugin.diffConfig(toDiffRequest(request))),
    ),
    configure: unary<pb.ConfigureRequest, pb.ConfigureResponse>(async (request) => {
      const result = await plugin.configure({ args: decode(request.getArgs()) });
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportsAutonamingConfiguration(result.supportsAutonamingConfiguration ?? false);
      return response;
    }),
    check: unary<pb.CheckRequest, pb.CheckResponse>(async (request) =>
      toCheckResponse(await plugin.check(toCheckRequest(request))),
    ),
    diff: unary<pb.DiffRequest, pb.DiffResponse>(async (request) =>
      toDiffResponse(await plugin.diff(toDiffRequest(request))),
    ),
    create: unary<pb.CreateRequest, pb.CreateResponse>(async (request) => {
      const result = await plugin.create({
        ...toSubject(request),
        properties: decode(request.getProperties()),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      const response = new pb.CreateResponse();
      response.setId(result.id);
      response.setProperties(encode(result.properties));
      return response;
    }),
    read: unary<pb.ReadRequest, pb.ReadResponse>(async (request) => {
      const result = await plugin.read({
        ...toSubject(request),
        id: request.getId(),
        properties: decode(request.getProperties()),
        inputs: decode(request.getInputs()),
        timeout: request.getTimeout(),
      });
      const response = new pb.ReadResponse();
      response.setId(result.id);
      response.setProperties(encode(result.properties));
      response.setInputs(encode(result.inputs));
      return response;
    }),
    update: unary<pb.UpdateRequest, pb.UpdateResponse>(async (request) => {
      const result = await plugin.update({
        ...toSubject(request),
        id: request.getId(),
        olds: decode(request.getOlds()),
        oldInputs: decode(request.getOldInputs()),
        news: decode(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      const response = new pb.UpdateResponse();
      response.setProperties(encode(result.properties));
      return response;
    }),
    delete: unary<pb.DeleteRequest, Empty>(async (request) => {
      await plugin.delete({
        ...toSubject(request),
        id: request.getId(),
        properties: decode(request.getProperties()),
        oldInputs: decode(request.getOldInputs()),
        timeout: request.getTimeout(),
      });
      return new Empty();
    }),
    invoke: unary<pb.InvokeRequest, pb.InvokeResponse>(async (request) => {
      const token = request.getTok();
      if (plugin.invoke === undefined) throw new NotImplemented(`function ${token} is not simulated by this double`);
      const result = await plugin.invoke({ token, args: decode(request.getArgs()), preview: request.getPreview() });
      const response = new pb.InvokeResponse();
      response.setReturn(encode(result.properties));
      response.setFailuresList(toFailures(result.failures));
      return response;
    }),
    construct: unary<pb.ConstructRequest, pb.ConstructResponse>(async (request) => {
      if (plugin.construct === undefined) {
        throw new NotImplemented(`component ${request.getType()} is not simulated by this double`);
      }
      return plugin.construct(request);
    }),
    cancel: unary<Empty, Empty>(async () => {
      await plugin.cancel?.();
      return new Empty();
    }),
  };
}

function unary<Request, Response>(
  answer: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    // A handler that throws before its first await must still answer, or the engine waits for ever.
    void Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toStatus(error)),
      );
  };
}
