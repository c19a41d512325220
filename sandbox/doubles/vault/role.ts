import { text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import type { BareMap, JsonMap } from "../framework/value";
import { dataAt, fromApi, noNamespace, toApi, remove } from "./api";
import type { Session } from "./session";

/** What is not a property of the role itself. */
const PLACE = ["namespace", "backend", "roleName"];

/** How one kind of role differs from the others. */
interface Kind {
  readonly inputs: Inputs;
  /** Properties that are ours alone: Vault never hears of them. */
  readonly own?: readonly string[];
  validate?(given: BareMap): readonly CheckFailure[];
  /** Changes to the body before it is sent. */
  send?(body: JsonMap, wanted: JsonMap): JsonMap;
  /** Changes to Vault's answer before it is read. */
  receive?(data: JsonMap): JsonMap;
}

/** A role of an auth method, at `auth/<backend>/role/<name>`. */
export function role(kind: Kind): BridgedResource<Session> {
  const apart = [...PLACE, ...(kind.own ?? [])];
  const names = Object.keys(kind.inputs).filter((name) => !apart.includes(name));
  const send = (news: JsonMap, olds: JsonMap = {}): JsonMap => {
    const body = toApi(kind.inputs, names, news, olds);
    return kind.send?.(body, news) ?? body;
  };
  return {
    half: "sdk",
    inputs: kind.inputs,
    outputs: {},
    validate: (given) => [...noNamespace(given), ...(kind.validate?.(given) ?? [])],

    async create(wanted, { client }) {
      const id = `auth/${text(wanted, "backend")}/role/${text(wanted, "roleName")}`;
      await client.write(id, send(wanted));
      return { id };
    },

    async read(id, prior, session) {
      const data = await dataAt(session, id);
      const place = /^auth\/(.+)\/role\/([^/]+)$/.exec(id);
      if (data === undefined || place === null) return undefined;
      const [, backend = "", roleName = ""] = place;
      return { ...fromApi(kind.inputs, names, kind.receive?.(data) ?? data, prior), backend, roleName };
    },

    async update(id, olds, news, { client }) {
      await client.write(id, send(news, olds));
      return undefined;
    },

    delete: (id, _state, session) => remove(session, id),
  };
}
