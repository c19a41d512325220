import type { BridgedResource, Input, Inputs, Outputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import { isList, isMap, type BareMap, type Json, type JsonMap } from "../framework/value";
import { deep, type Account, type Entry } from "./account";
import tables from "./tables.json";

/** That one thing names another. */
export interface Reference {
  /** Where: `vpcConfig.subnetIds`. */
  readonly at: string;
  /** What kind of thing is named. */
  readonly to: string;
  /** By which of its properties, if not by its id. */
  readonly by?: string;
  /** Whether it is something that AWS made by itself, and no entry of the account. */
  isForeign?(value: Json, account: Account): boolean;
}

/** What a state is made from. */
export interface Made {
  readonly id: string;
  readonly account: Account;
  /** The state before, of an update. */
  readonly old?: JsonMap;
}

/** What typings do not tell of a resource: how the API behaves. */
export interface Behaviour {
  /** As errors name them: `EC2`, `VPC`. */
  readonly service: string;
  readonly what: string;
  /** Properties whose change replaces it; with dots for those inside an object. */
  readonly replaces: readonly string[];
  readonly autoname?: true;
  readonly references?: readonly Reference[];
  /** The code of the error by which a reference to nothing is told. */
  readonly notFound?: string;
  /** What stands on it does not keep it from being deleted: it goes with it. */
  readonly takesAlong?: readonly string[];
  id(inputs: JsonMap, account: Account): string;
  /** What the account adds. Given again after every change. */
  outputs(inputs: JsonMap, made: Made): JsonMap;
  /** Refuses what the API refuses, when it is made and when it is changed. */
  refuse?(inputs: JsonMap, account: Account, old: Entry | undefined): void;
  /** Refuses what the API refuses to delete. */
  keep?(entry: Entry, account: Account): void;
  /** Refuses what the provider refuses while it plans. */
  validate?(inputs: BareMap): readonly CheckFailure[];
  /** Outputs that a change makes unknown. */
  readonly unsettles?: readonly string[];
}

/** An error as AWS' provider tells it. */
export class AwsError extends Error {
  override readonly name = "AwsError";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`api error ${code}: ${message}`);
  }
}

type Table = { readonly inputs: Inputs; readonly outputs: readonly string[] };

/** The typings' table; JSON widens its words to texts. */
export const resourceTables = tables.resources as unknown as Readonly<Record<string, Table>>;
/** The table of the provider's own configuration. */
export const configTable = tables.config as unknown as Inputs;

function inputsOf(token: string, table: Table, replaces: readonly string[]): Inputs {
  const patched: Record<string, Input> = { ...table.inputs };
  for (const path of replaces) {
    const [key = "", ...rest] = path.split(".");
    const input = patched[key];
    if (input === undefined) throw new Error(`${token} has no property ${key}`);
    patched[key] =
      rest.length === 0
        ? { ...input, forceNew: true }
        : { ...input, forceNewAt: [...(input.forceNewAt ?? []), rest.join(".")] };
  }
  return patched;
}

const named = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : isList(value) ? value : [value];

/** Whether a state names a thing. */
function names(state: JsonMap, { at, by }: Reference, thing: Entry): boolean {
  const own = by === undefined ? thing.id : thing.state[by];
  return named(deep(state, at)).some((value) => value === own);
}

/** The double of one resource: its table from the typings, its behaviour from the list of those. */
export function simulate(token: string, behaviours: Readonly<Record<string, Behaviour>>): BridgedResource<Account> {
  const table = resourceTables[token];
  const behaviour = behaviours[token];
  if (table === undefined || behaviour === undefined) throw new Error(`${token} has no table or no behaviour`);
  const inputs = inputsOf(token, table, behaviour.replaces);
  const outputs: Outputs = Object.fromEntries(table.outputs.map((name) => [name, { type: "string" }]));
  const { service, what } = behaviour;
  const doing = (verb: string, id: string): string => `${verb} ${service} ${what}${id === "" ? "" : ` (${id})`}`;

  const stateOf = (wanted: JsonMap, made: Made): JsonMap => {
    const added = behaviour.outputs(wanted, made);
    const tags = isMap(wanted["tags"]) ? wanted["tags"] : {};
    return {
      ...wanted,
      ...(table.outputs.includes("tagsAll") ? { tagsAll: { ...made.account.tags, ...tags } } : {}),
      ...("region" in inputs ? { region: made.account.region } : {}),
      ...added,
    };
  };
  const requireReferences = (wanted: JsonMap, account: Account): void => {
    for (const reference of behaviour.references ?? []) {
      for (const value of named(deep(wanted, reference.at))) {
        const found = account
          .all(reference.to)
          .some((entry) => value === (reference.by === undefined ? entry.id : entry.state[reference.by]));
        if (found || reference.isForeign?.(value, account) === true) continue;
        throw new AwsError(
          behaviour.notFound ?? "InvalidParameterException",
          `${reference.at}: ${JSON.stringify(value)} does not exist`,
        );
      }
    }
  };
  const guarded = <T>(verb: string, id: string, work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new Error(`${doing(verb, id)}: operation error ${service}, ${error.message}`, { cause: error });
    }
  };

  return {
    half: "sdk",
    inputs,
    outputs,
    ...(behaviour.autoname === undefined ? {} : { autoname: behaviour.autoname }),
    ...(behaviour.validate === undefined ? {} : { validate: (given: BareMap) => behaviour.validate?.(given) ?? [] }),
    ...(behaviour.unsettles === undefined ? {} : { unsettles: () => behaviour.unsettles ?? [] }),

    create: (wanted, account) =>
      guarded("creating", "", () => {
        requireReferences(wanted, account);
        behaviour.refuse?.(wanted, account, undefined);
        const id = behaviour.id(wanted, account);
        if (account.find(token, id) !== undefined)
          throw new AwsError("ResourceInUseException", `${what} ${id} already exists`);
        const state = stateOf(wanted, { id, account });
        account.put({ token, id, state });
        return { id, state };
      }),

    read: (id, _prior, account) => Promise.resolve(account.find(token, id)?.state),

    update: (id, _olds, wanted, account) =>
      guarded("updating", id, () => {
        const old = account.find(token, id);
        if (old === undefined) throw new AwsError("ResourceNotFoundException", `${what} ${id} does not exist`);
        requireReferences(wanted, account);
        behaviour.refuse?.(wanted, account, old);
        const state = stateOf(wanted, { id, account, old: old.state });
        account.put({ token, id, state });
        return state;
      }),

    delete: (id, _state, account) =>
      guarded("deleting", id, () => {
        const entry = account.find(token, id);
        // Gone already is as good as deleted.
        if (entry === undefined) return;
        behaviour.keep?.(entry, account);
        for (const other of account.everything()) {
          const stands = behaviours[other.token]?.references?.some(
            (reference) => reference.to === token && names(other.state, reference, entry),
          );
          if (stands !== true) continue;
          if (behaviour.takesAlong?.includes(other.token) === true) account.remove(other.token, other.id);
          else
            throw new AwsError(
              "DependencyViolation",
              `the ${what} '${id}' has dependencies and cannot be deleted: ${other.token} ${other.id}`,
            );
        }
        account.remove(token, id);
      }),
  };
}
