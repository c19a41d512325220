import { VaultStatusError } from "@estate/clients/vault";
import { submap, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { Json, JsonMap } from "../framework/value";
import { asJson, changed, fromApi, namespace, noEdgeSlashes, noNamespace, toApi, remove } from "./api";
import { remount } from "./remount";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  path: { type: "string", required: true, validate: noEdgeSlashes },
  type: { type: "string", required: true, forceNew: true },
  description: { type: "string" },
  defaultLeaseTtlSeconds: { type: "integer", computed: true },
  maxLeaseTtlSeconds: { type: "integer", computed: true },
  forceNoCache: { type: "boolean", computed: true },
  auditNonHmacRequestKeys: { type: { list: "string" }, computed: true },
  auditNonHmacResponseKeys: { type: { list: "string" }, computed: true },
  local: { type: "boolean", forceNew: true },
  options: { type: { map: "string" } },
  sealWrap: { type: "boolean", forceNew: true, computed: true },
  externalEntropyAccess: { type: "boolean", default: false, forceNew: true },
  allowedManagedKeys: { type: { set: "string" } },
  listingVisibility: { type: "string", oneOf: ["", "hidden", "unauth"] },
  passthroughRequestHeaders: { type: { list: "string" } },
  allowedResponseHeaders: { type: { list: "string" } },
  delegatedAuthAccessors: { type: { list: "string" } },
  pluginVersion: { type: "string" },
  identityTokenKey: { type: "string" },
};

/** What stands in the mount's configuration under its own name. */
const TUNED = [
  "forceNoCache",
  "auditNonHmacRequestKeys",
  "auditNonHmacResponseKeys",
  "allowedManagedKeys",
  "listingVisibility",
  "passthroughRequestHeaders",
  "allowedResponseHeaders",
  "delegatedAuthAccessors",
  "pluginVersion",
  "identityTokenKey",
] as const;

const LEASES = { defaultLeaseTtlSeconds: "default_lease_ttl", maxLeaseTtlSeconds: "max_lease_ttl" } as const;

/** A secrets engine at a path. */
export const mount: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: { accessor: { type: "string" } },
  validate: noNamespace,

  async create(wanted, { client }) {
    const path = text(wanted, "path");
    await client.write(`sys/mounts/${path}`, {
      ...toApi(inputs, ["type", "description", "local", "options", "sealWrap", "externalEntropyAccess"], wanted),
      config: { ...toApi(inputs, TUNED, wanted), ...leases(wanted) },
    });
    return { id: path };
  },

  read: readMount,

  async update(id, olds, news, session) {
    const path = text(news, "path");
    if (path !== text(olds, "path")) await remount(session, text(olds, "path"), path);
    const body = {
      ...(changed(inputs, TUNED, olds, news) && toApi(inputs, TUNED, news, olds)),
      ...(changed(inputs, ["description"], olds, news) && { description: textOr(news, "description", "") }),
      ...(changed(inputs, ["options"], olds, news) && { options: news["options"] ?? {} }),
      ...(changed(inputs, Object.keys(LEASES), olds, news) && leases(news)),
    };
    if (Object.keys(body).length > 0) await session.client.write(`sys/mounts/${path}/tune`, body);
    // Read where it is now: the engine keeps the first path as the id for good.
    return path === id ? undefined : readMount(path, news, session);
  },

  delete: (id, _state, session) => remove(session, `sys/mounts/${id}`),
};

async function readMount(id: string, prior: JsonMap, { client }: Session): Promise<JsonMap | undefined> {
  let data: JsonMap | undefined;
  try {
    data = asJson((await client.read(`sys/mounts/${id}`))?.data);
  } catch (error) {
    // Vault says 400, not 404, for a mount that is not there.
    if (error instanceof VaultStatusError && error.status === 400) return undefined;
    throw error;
  }
  if (data === undefined) return undefined;
  const config = submap(data, "config");
  const plain = ["description", "local", "sealWrap", "externalEntropyAccess"];
  return {
    path: id,
    accessor: data["accessor"] ?? "",
    ...kind(data, prior),
    ...fromApi(inputs, plain, data, prior),
    ...fromApi(inputs, TUNED, config, prior),
    defaultLeaseTtlSeconds: config["default_lease_ttl"] ?? 0,
    maxLeaseTtlSeconds: config["max_lease_ttl"] ?? 0,
  };
}

/** `kv-v2` is another word for `kv` with version 2: told back in the words that were used. */
function kind(data: JsonMap, prior: JsonMap): JsonMap {
  const type = text(data, "type");
  const options: Record<string, Json> = { ...submap(data, "options") };
  if (prior["type"] !== "kv-v2" || type !== "kv" || options["version"] !== "2") {
    return { type, ...fromApi(inputs, ["options"], { options }, prior) };
  }
  if (submap(prior, "options")["version"] === undefined) delete options["version"];
  return { type: "kv-v2", ...fromApi(inputs, ["options"], { options }, prior) };
}

function leases(wanted: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(LEASES).flatMap(([name, key]) =>
      typeof wanted[name] === "number" ? [[key, `${wanted[name]}s`] as const] : [],
    ),
  );
}
