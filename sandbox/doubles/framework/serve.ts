import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Engine } from "./engine";
import { endWith } from "./lifeline";
import type { Plugin } from "./plugin";
import { service } from "./service";

/** A running server; tests run it in their own process. */
export interface Listener {
  readonly port: number;
  stop(): void;
}

/** Serves a plugin on a port of loopback. */
export async function listen(plugin: Plugin, engine: Engine): Promise<Listener> {
  // States can be large: the engine itself allows 400 MB.
  const limit = 400 * 1024 * 1024;
  const server = new grpc.Server({ "grpc.max_receive_message_length": limit, "grpc.max_send_message_length": limit });
  server.addService(ResourceProviderService, service(plugin, engine));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { port, stop: () => server.forceShutdown() };
}

/**
 * Runs a plugin as the process the engine started: `argv` is the engine's address, if any. The port and a newline are
 * the first bytes on stdout and the only ones: whatever else a library prints goes to stderr.
 */
export async function serve(make: (engine: Engine) => Plugin, argv = process.argv.slice(2)): Promise<void> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const engine = new Engine(argv.find((argument) => !argument.startsWith("-")));
  const { port } = await listen(make(engine), engine);
  endWith(engine);
  write(`${port}\n`);
}
