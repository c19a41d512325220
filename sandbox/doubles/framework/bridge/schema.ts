import type { CheckFailure } from "../plugin";
import type { Bare, BareMap, Json, JsonMap } from "../value";

/** The type of a property, as the SDK declares it. */
export type Type =
  | "string"
  | "number"
  | "integer"
  | "boolean"
  | { readonly list: Type }
  /** A Terraform set: the same members in another order are the same value. */
  | { readonly set: Type }
  | { readonly map: Type }
  | { readonly object: Inputs };

/** What is said of one input. */
export interface Input {
  readonly type: Type;
  readonly required?: true;
  /** A change replaces the resource: always, or depending on what is wanted. */
  readonly forceNew?: true | ((wanted: BareMap) => boolean);
  /** Places inside an object whose change replaces the resource, while the others' does not: `serviceIpv4Cidr`. */
  readonly forceNewAt?: readonly string[];
  /** Written into the inputs by Check (SDKv2 half), or into the planned state only (plugin-framework half). */
  readonly default?: Json;
  /** Environment variables that stand in for an absent value, first one set wins (provider configuration). */
  readonly env?: readonly string[];
  readonly secret?: true;
  /** Goes to the back end and never into the outputs. A change alone is no difference: a version beside it is. */
  readonly writeOnly?: true;
  /** The back end chooses a value when none is given, and whatever it chose is no difference. */
  readonly computed?: true;
  readonly oneOf?: readonly string[];
  /** Why a known value is not accepted. */
  readonly validate?: (value: Bare) => string | undefined;
  /** True if the two mean the same to the back end. */
  readonly equivalent?: (old: Json, wanted: Json) => boolean;
}

/** A table of inputs. */
export type Inputs = Readonly<Record<string, Input>>;

/** What is said of an output that is no input: type is for readers, secrecy is for the state. */
export interface Output {
  readonly type: Type;
  readonly secret?: true;
}

/** A table of outputs. */
export type Outputs = Readonly<Record<string, Output>>;

/** What a create made. Without a state, the resource is read; what the read does not tell stays as wanted. */
export interface Created {
  readonly id: string;
  readonly state?: JsonMap;
}

/**
 * One resource of a bridged provider: its table, and what it does to its back end on plain, known values. Everything
 * between the table and the engine (checks, defaults, differences, previews, secrecy) is the framework's.
 */
export interface BridgedResource<Backend> {
  /** Which half of the Terraform bridge serves the real one: they differ in defaults and in replacement order. */
  readonly half: "sdk" | "framework";
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  /** `name` is made from the logical name when it is absent. */
  readonly autoname?: true;
  /**
   * Fills in what the real provider fills in while planning, from the inputs with their defaults, and from the last
   * state if there is one.
   */
  plan?(inputs: BareMap, olds?: BareMap): BareMap;
  /** Refuses a plan after a look at the back end: in a preview, too. Values may be unknown. */
  examine?(inputs: BareMap, olds: BareMap | undefined, backend: Backend): Promise<void>;
  /** The outputs that an update will change, so that a preview does not promise the old ones. */
  unsettles?(olds: BareMap, inputs: BareMap): readonly string[];
  /** Checks across inputs; values may be unknown. */
  validate?(inputs: BareMap): readonly CheckFailure[];
  create(inputs: JsonMap, backend: Backend): Promise<Created>;
  /**
   * What the back end has: `undefined` if it is gone. A property left out stays as in `prior` (the last state, or the
   * wanted inputs right after a write); `null` takes it away. On import `prior` is empty.
   */
  read(id: string, prior: JsonMap, backend: Backend): Promise<JsonMap | undefined>;
  /** Absent if every input replaces. The resource is read afterwards, unless a state is returned. */
  update?(id: string, olds: JsonMap, news: JsonMap, backend: Backend): Promise<JsonMap | undefined>;
  delete(id: string, state: JsonMap, backend: Backend): Promise<void>;
}

/** Thrown by a create that made the thing and then failed: the engine keeps it, and updates it next time. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";

  constructor(
    readonly id: string,
    cause: unknown,
    /** What is known of it already, such as a token that is told only once. */
    readonly state: JsonMap = {},
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
