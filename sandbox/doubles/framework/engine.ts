import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** How much a message matters. */
export type Severity = "debug" | "info" | "warning" | "error";

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** The engine that started the plugin, as far as a plugin speaks to it. */
export class Engine {
  #client: EngineClient | undefined;

  constructor(address?: string) {
    if (address !== undefined) this.attach(address);
  }

  /** Speak to the engine at this address from now on. */
  attach(address: string): void {
    this.#client?.close();
    this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  /** Show a message to the user, at a resource if a URN is given. Falls back to stderr; never fails. */
  async log(severity: Severity, message: string, urn = ""): Promise<void> {
    const client = this.#client;
    if (client === undefined) {
      process.stderr.write(`${severity}: ${message}\n`);
      return;
    }
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    await new Promise<void>((resolve) => {
      client.log(request, new grpc.Metadata(), { deadline: Date.now() + 5_000 }, (error) => {
        if (error) process.stderr.write(`${severity}: ${message}\n`);
        resolve();
      });
    });
  }

  /**
   * Call back once when the engine can no longer be reached after it once could. `met`: it is known to have been there,
   * so that the first failure counts too.
   */
  onGone(gone: () => void, met = false): void {
    const channel = this.#client?.getChannel();
    if (channel === undefined) return;
    let seen = met;
    const look = (): void => {
      const state = channel.getConnectivityState(true);
      if (state === grpc.connectivityState.READY) seen = true;
      if (state === grpc.connectivityState.SHUTDOWN) return;
      if (seen && state === grpc.connectivityState.TRANSIENT_FAILURE) {
        gone();
        return;
      }
      channel.watchConnectivityState(state, Infinity, look);
    };
    look();
  }
}
