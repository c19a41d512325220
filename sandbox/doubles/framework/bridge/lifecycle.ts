import type * as plugin from "../plugin";
import { PartialFailure } from "../failure";
import {
  conceal,
  reveal,
  secret,
  secretPaths,
  toJson,
  UNKNOWN,
  unwrap,
  type Bare,
  type BareMap,
  type Json,
  type JsonMap,
  type Path,
  type PropertyMap,
  type Value,
} from "../value";
import { DEFAULTS, planned, schemaSecrets } from "./check";
import { compareInput, equal, isEmpty } from "./diff";
import { Unfinished, type BridgedResource, type Inputs } from "./schema";

/** Create, Read, Update and Delete of a bridged resource, around what it does to its back end. */
export class Lifecycle<Backend> {
  constructor(
    readonly resource: BridgedResource<Backend>,
    readonly connect: () => Promise<Backend>,
  ) {}

  /** Refuses what the real provider refuses while it plans. */
  async examine(news: PropertyMap, olds?: PropertyMap): Promise<void> {
    if (this.resource.examine === undefined) return;
    const before = olds === undefined ? undefined : reveal(olds);
    await this.resource.examine(planned(this.resource, reveal(news), before), before, await this.connect());
  }

  /** In preview: what is wanted, with everything the back end will choose unknown. */
  async create(request: plugin.CreateRequest): Promise<plugin.CreateResult> {
    await this.examine(request.properties);
    const wanted = this.#wanted(request.properties);
    const secrets = secretPaths(request.properties);
    if (request.preview) {
      return { id: "", properties: this.#finish(this.#withUnknowns(wanted), secrets) };
    }
    const inputs = jsonMap(wanted);
    const backend = await this.connect();
    try {
      const { id, state } = await this.resource.create(inputs, backend);
      return { id, properties: await this.#settle(id, inputs, state, secrets, backend) };
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      const known = { ...inputs, ...error.state };
      throw new PartialFailure(error.id, this.#finish(known, secrets), [error.message], request.properties);
    }
  }

  /** The state after a write: what the resource says, else what a read says. */
  async #settle(
    id: string,
    inputs: JsonMap,
    state: JsonMap | undefined,
    secrets: readonly Path[],
    backend: Backend,
  ): Promise<PropertyMap> {
    if (state !== undefined) return this.#finish(merge(this.resource.inputs, inputs, state), secrets);
    let read: JsonMap | undefined;
    try {
      read = await this.resource.read(id, inputs, backend);
    } catch (error) {
      throw new Unfinished(id, error);
    }
    if (read === undefined) throw new Error(`${id} was not found right after it was written`);
    return this.#finish(merge(this.resource.inputs, inputs, read), secrets);
  }

  async read(request: plugin.ReadRequest): Promise<plugin.ReadResult> {
    const gone = { id: "", properties: {}, inputs: {} };
    const prior = jsonMap(reveal(request.properties));
    const found = await this.resource.read(request.id, prior, await this.connect());
    if (found === undefined) return gone;
    const secrets = [...secretPaths(request.properties), ...secretPaths(request.inputs)];
    const state = merge(this.resource.inputs, prior, found);
    const imported = Object.keys(request.inputs).length === 0;
    const inputs = imported ? this.#importedInputs(state) : this.#refreshedInputs(reveal(request.inputs), state);
    return {
      id: request.id,
      properties: this.#finish(state, secrets),
      inputs: conceal(inputs, [...secretPaths(request.inputs), ...schemaSecrets(this.resource.inputs)]),
    };
  }

  /** What was given, as it is now; what is not there any more is left out, and so shows as a change to make. */
  #refreshedInputs(olds: BareMap, state: JsonMap): BareMap {
    const inputs: Record<string, Bare> = {};
    for (const [key, old] of Object.entries(olds)) {
      const input = this.resource.inputs[key];
      const now = state[key] ?? null;
      if (input === undefined || input.writeOnly) inputs[key] = old;
      else if (compareInput(key, input, now, old).length === 0) inputs[key] = old;
      else if (now !== null) inputs[key] = now;
    }
    return inputs;
  }

  #importedInputs(state: JsonMap): BareMap {
    const given = Object.entries(this.resource.inputs).flatMap(([key, input]) => {
      const now = state[key] ?? null;
      return isEmpty(now) || input.writeOnly ? [] : [[key, now] as const];
    });
    return { ...Object.fromEntries(given), [DEFAULTS]: [] };
  }

  async update(request: plugin.UpdateRequest): Promise<plugin.UpdateResult> {
    const olds = jsonMap(reveal(request.olds));
    const wanted = this.#wanted(request.news, olds);
    const secrets = [...secretPaths(request.olds), ...secretPaths(request.news)].filter(
      ([key]) => key !== undefined && !this.#declassified(String(key), request),
    );
    if (request.preview) {
      const changing = this.resource.unsettles?.(olds, wanted) ?? [];
      const unknown = Object.fromEntries(changing.map((key): [string, Bare] => [key, UNKNOWN]));
      return { properties: this.#finish({ ...this.#outputsOf(olds), ...wanted, ...unknown }, secrets) };
    }
    if (this.resource.update === undefined) throw new Error(`${request.type} cannot be changed in place`);
    const backend = await this.connect();
    const news = jsonMap(wanted);
    const prior = { ...this.#outputsOf(olds), ...news };
    try {
      const state = await this.resource.update(request.id, olds, news, backend);
      return { properties: await this.#settle(request.id, prior, state, secrets, backend) };
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      throw new PartialFailure(request.id, this.#finish(prior, secrets), [error.message], request.news);
    }
  }

  /** True for an input that was secret and no longer is. */
  #declassified(key: string, request: plugin.UpdateRequest): boolean {
    const now = request.news[key];
    return now !== undefined && secretPaths(now).length === 0;
  }

  async delete(request: plugin.DeleteRequest): Promise<void> {
    await this.resource.delete(request.id, jsonMap(reveal(request.properties)), await this.connect());
  }

  #wanted(inputs: PropertyMap, olds?: BareMap): BareMap {
    return planned(this.resource, reveal(inputs), olds);
  }

  #withUnknowns(wanted: BareMap): BareMap {
    const chosen = Object.entries(this.resource.inputs).filter(([key, input]) => input.computed && !(key in wanted));
    const keys = [...Object.keys(this.resource.outputs), ...chosen.map(([key]) => key)];
    return { ...Object.fromEntries(keys.map((key): [string, Bare] => [key, UNKNOWN])), ...wanted };
  }

  /** What the back end chose: outputs, and inputs that were not given. */
  #outputsOf(olds: JsonMap): JsonMap {
    return Object.fromEntries(
      Object.entries(olds).filter(([key]) => key in this.resource.outputs || this.resource.inputs[key]?.computed),
    );
  }

  /** State for the engine: nothing write-only, nothing absent, secrets wrapped. */
  #finish(state: BareMap, secrets: readonly Path[]): PropertyMap {
    const kept = Object.entries(state).filter(
      ([key, value]) => value !== null && !key.startsWith("__") && !this.resource.inputs[key]?.writeOnly,
    );
    const concealed = conceal(Object.fromEntries(kept), [...secrets, ...schemaSecrets(this.resource.inputs)]);
    const hidden = Object.entries(this.resource.outputs).filter(([, output]) => output.secret);
    const wrapped = hidden.flatMap(([key]): [string, Value][] => {
      const value = concealed[key];
      return value === undefined ? [] : [[key, secret(unwrap(value))]];
    });
    return { ...concealed, ...Object.fromEntries(wrapped) };
  }
}

/**
 * The state after a read: what it does not mention stays, and what means the same stays as it was written, so that a
 * server's own order or spelling never shows as drift.
 */
function merge(inputs: Inputs, prior: JsonMap, found: JsonMap): JsonMap {
  const merged: Record<string, Json> = { ...prior };
  for (const [key, now] of Object.entries(found)) {
    const input = inputs[key];
    const before = prior[key];
    const kept =
      input !== undefined &&
      before !== undefined &&
      now !== null &&
      (equal(input.type, before, now) || input.equivalent?.(before, now) === true);
    merged[key] = kept ? before : now;
  }
  return merged;
}

function jsonMap(values: BareMap): JsonMap {
  return toJson(values);
}
