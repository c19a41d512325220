import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { decode, encode } from "../../../../sandbox/doubles/framework/codec";
import { Engine } from "../../../../sandbox/doubles/framework/engine";
import type { Plugin } from "../../../../sandbox/doubles/framework/plugin";
import { listen, type Listener } from "../../../../sandbox/doubles/framework/serve";
import type { PropertyMap } from "../../../../sandbox/doubles/framework/value";

/** What a check answered. */
export interface Checked {
  readonly inputs: PropertyMap;
  readonly failures: readonly string[];
}

/** What a diff answered, with kinds as the protocol names them. */
export interface Differs {
  readonly changes: "unknown" | "none" | "some";
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly detailed: Readonly<Record<string, string>>;
}

/** A resource as the engine keeps it. */
export interface Held {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly state: PropertyMap;
}

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

/** Plays the engine to a plugin, over the real protocol. */
export class Rig {
  readonly #client: ResourceProviderClient;
  readonly #listener: Listener | undefined;

  private constructor(port: number, listener?: Listener) {
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    this.#listener = listener;
  }

  /** A plugin in this process. */
  static async of(plugin: Plugin): Promise<Rig> {
    const listener = await listen(plugin, new Engine());
    return new Rig(listener.port, listener);
  }

  /** A plugin in a process of its own. */
  static at(port: number): Rig {
    return new Rig(port);
  }

  stop(): void {
    this.#client.close();
    this.#listener?.stop();
  }

  async version(): Promise<string> {
    const info = await call((done: Done<PluginInfo>) => this.#client.getPluginInfo(new Empty(), done));
    return info.getVersion();
  }

  async checkConfig(news: PropertyMap): Promise<Checked> {
    const request = new pb.CheckRequest();
    request.setNews(encode(news));
    return checked(await call((done: Done<pb.CheckResponse>) => this.#client.checkConfig(request, done)));
  }

  async diffConfig(oldInputs: PropertyMap, news: PropertyMap): Promise<Differs> {
    const request = new pb.DiffRequest();
    request.setOlds(encode(oldInputs));
    request.setOldInputs(encode(oldInputs));
    request.setNews(encode(news));
    return differs(await call((done: Done<pb.DiffResponse>) => this.#client.diffConfig(request, done)));
  }

  async configure(args: PropertyMap = {}): Promise<pb.ConfigureResponse.AsObject> {
    const request = new pb.ConfigureRequest();
    request.setArgs(encode(args));
    return (await call((done: Done<pb.ConfigureResponse>) => this.#client.configure(request, done))).toObject();
  }

  async check(type: string, news: PropertyMap, olds?: PropertyMap, name = "thing"): Promise<Checked> {
    const request = new pb.CheckRequest();
    request.setUrn(urn(type, name));
    request.setNews(encode(news));
    if (olds !== undefined) request.setOlds(encode(olds));
    request.setRandomseed(Buffer.from("0123456789abcdef"));
    return checked(await call((done: Done<pb.CheckResponse>) => this.#client.check(request, done)));
  }

  async diff(type: string, held: Held, news: PropertyMap, ignoreChanges: readonly string[] = []): Promise<Differs> {
    const request = new pb.DiffRequest();
    request.setUrn(urn(type));
    request.setId(held.id);
    request.setOlds(encode(held.state));
    request.setOldInputs(encode(held.inputs));
    request.setNews(encode(news));
    request.setIgnorechangesList([...ignoreChanges]);
    return differs(await call((done: Done<pb.DiffResponse>) => this.#client.diff(request, done)));
  }

  /** Creates from checked inputs. */
  async create(type: string, inputs: PropertyMap, preview = false): Promise<Held> {
    const request = new pb.CreateRequest();
    request.setUrn(urn(type));
    request.setProperties(encode(inputs));
    request.setPreview(preview);
    const response = await call((done: Done<pb.CreateResponse>) => this.#client.create(request, done));
    return { id: response.getId(), inputs, state: decode(response.getProperties()) };
  }

  /** Checks and creates, as the engine does. Check failures are an error. */
  async make(type: string, news: PropertyMap, preview = false): Promise<Held> {
    return this.create(type, await this.good(type, news), preview);
  }

  /** Checked inputs; failures are an error. */
  async good(type: string, news: PropertyMap, olds?: PropertyMap): Promise<PropertyMap> {
    const { inputs, failures } = await this.check(type, news, olds);
    if (failures.length > 0) throw new Error(failures.join("; "));
    return inputs;
  }

  /** `undefined` if it is gone. */
  async read(type: string, held: Held): Promise<Held | undefined> {
    const request = new pb.ReadRequest();
    request.setUrn(urn(type));
    request.setId(held.id);
    request.setProperties(encode(held.state));
    request.setInputs(encode(held.inputs));
    const response = await call((done: Done<pb.ReadResponse>) => this.#client.read(request, done));
    if (response.getId() === "") return undefined;
    return {
      id: response.getId(),
      inputs: decode(response.getInputs()),
      state: decode(response.getProperties()),
    };
  }

  async update(type: string, held: Held, news: PropertyMap, preview = false): Promise<Held> {
    const request = new pb.UpdateRequest();
    request.setUrn(urn(type));
    request.setId(held.id);
    request.setOlds(encode(held.state));
    request.setOldInputs(encode(held.inputs));
    request.setNews(encode(news));
    request.setPreview(preview);
    const response = await call((done: Done<pb.UpdateResponse>) => this.#client.update(request, done));
    return { id: held.id, inputs: news, state: decode(response.getProperties()) };
  }

  async delete(type: string, held: Held): Promise<void> {
    const request = new pb.DeleteRequest();
    request.setUrn(urn(type));
    request.setId(held.id);
    request.setProperties(encode(held.state));
    await call((done: Done<Empty>) => this.#client.delete(request, done));
  }

  async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
    const request = new pb.InvokeRequest();
    request.setTok(token);
    request.setArgs(encode(args));
    return decode((await call((done: Done<pb.InvokeResponse>) => this.#client.invoke(request, done))).getReturn());
  }
}

/** What a partial failure says of the resource the engine keeps. */
export function partialOf(error: unknown): { id: string; state: PropertyMap; reasons: readonly string[] } | undefined {
  if (!(error instanceof Error) || !("metadata" in error) || !(error.metadata instanceof grpc.Metadata))
    return undefined;
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) return undefined;
  const [any] = Status.deserializeBinary(bytes).getDetailsList();
  const detail = any?.unpack(
    (raw) => pb.ErrorResourceInitFailed.deserializeBinary(raw),
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (detail === undefined || detail === null) return undefined;
  return { id: detail.getId(), state: decode(detail.getProperties()), reasons: detail.getReasonsList() };
}

function urn(type: string, name = "thing"): string {
  return `urn:pulumi:test::test::${type}::${name}`;
}

async function call<Response>(ask: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    ask((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

function checked(response: pb.CheckResponse): Checked {
  return {
    inputs: decode(response.getInputs()),
    failures: response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`),
  };
}

function differs(response: pb.DiffResponse): Differs {
  const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];
  const entries = [...response.getDetaileddiffMap().entries()];
  return {
    changes: (["unknown", "none", "some"] as const)[response.getChanges()],
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    detailed: Object.fromEntries(entries.map(([path, entry]) => [path, kinds[entry.getKind()] ?? ""])),
  };
}
