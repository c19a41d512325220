import { setTimeout as sleep } from "node:timers/promises";
import { VaultStatusError } from "@estate/clients/vault";
import { choose, needs } from "../framework/bridge/check";
import { flag, numberOr, submap, text, textOr } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource, type Inputs } from "../framework/bridge/schema";
import { mapValues, type JsonMap } from "../framework/value";
import { changed, dataAt, jsonObject, namespace, noNamespace, sameJson, remove } from "./api";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  mount: { type: "string", required: true, forceNew: true },
  name: { type: "string", forceNew: true },
  dataJson: { type: "string", secret: true, validate: jsonObject, equivalent: sameJson },
  dataJsonWo: { type: "string", secret: true, writeOnly: true, validate: jsonObject },
  dataJsonWoVersion: { type: "integer" },
  cas: { type: "integer" },
  options: { type: { map: "string" } },
  customMetadata: {
    type: {
      object: {
        maxVersions: { type: "integer" },
        casRequired: { type: "boolean" },
        deleteVersionAfter: { type: "integer" },
        data: { type: { map: "string" } },
      },
    },
    computed: true,
  },
  deleteAllVersions: { type: "boolean", default: false },
  disableRead: { type: "boolean", default: false },
};

/** What of a secret is sent to its data path. */
const DATA = ["dataJson", "dataJsonWoVersion", "options", "cas"] as const;

/** A secret of a version 2 key-value engine. An existing one gets a new version, unless `cas` is 0. */
export const secretV2: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {
    path: { type: "string" },
    metadata: { type: { map: "string" } },
    data: { type: { map: "string" }, secret: true },
  },
  validate: (given) => [
    ...noNamespace(given),
    ...choose(given, ["dataJson", "dataJsonWo"], true),
    ...needs(given, "dataJsonWo", "dataJsonWoVersion"),
    ...needs(given, "dataJsonWoVersion", "dataJsonWo"),
  ],

  async create(wanted, session) {
    const id = `${text(wanted, "mount")}/data/${text(wanted, "name")}`;
    await writeData(id, wanted, session);
    try {
      await writeMetadata(id, wanted, session);
    } catch (error) {
      throw new Unfinished(id, error);
    }
    return { id };
  },

  async read(id, prior, session) {
    const place = /^(.+?)\/data\/(.+)$/.exec(id);
    if (place === null) return undefined;
    const [, mount = "", name = ""] = place;
    const fixed = { mount, name, path: id, data: {} };
    if (flag(prior, "disableRead")) return fixed;
    // A deleted version is a 404 that still has data; the client takes it for absent, as the real one does.
    const found = await dataAt(session, id);
    if (found === undefined) return undefined;
    return {
      ...fixed,
      metadata: mapValues(submap(found, "metadata"), (value) =>
        typeof value === "string" ? value : JSON.stringify(value),
      ),
      // The values themselves are not read back: a write-only one must never reach the state.
      ...(prior["customMetadata"] !== undefined && { customMetadata: await readMetadata(id, session) }),
    };
  },

  async update(id, olds, news, session) {
    if (changed(inputs, DATA, olds, news)) await writeData(id, news, session);
    if (changed(inputs, ["customMetadata"], olds, news)) await writeMetadata(id, news, session);
    return undefined;
  },

  delete: (id, state, session) => remove(session, flag(state, "deleteAllVersions") ? metadataPath(id) : id),
};

/** A new engine turns from version 1 to 2 for a moment, and refuses writes meanwhile. */
async function writeData(id: string, wanted: JsonMap, { client }: Session): Promise<void> {
  const json = textOr(wanted, "dataJson", undefined) ?? text(wanted, "dataJsonWo");
  const cas = wanted["cas"];
  const options = { ...submap(wanted, "options"), ...(cas !== undefined && { cas }) };
  const body = { data: JSON.parse(json) as JsonMap, ...(Object.keys(options).length > 0 && { options }) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.write(id, body);
      return;
    } catch (error) {
      const upgrading = error instanceof VaultStatusError && error.message.includes("Upgrading from non-versioned");
      if (!upgrading || attempt >= 10) throw error;
      await sleep(200);
    }
  }
}

async function writeMetadata(id: string, wanted: JsonMap, { client }: Session): Promise<void> {
  if (wanted["customMetadata"] === undefined) return;
  const given = submap(wanted, "customMetadata");
  await client.write(metadataPath(id), {
    max_versions: numberOr(given, "maxVersions", 0),
    cas_required: flag(given, "casRequired"),
    delete_version_after: `${numberOr(given, "deleteVersionAfter", 0)}s`,
    custom_metadata: submap(given, "data"),
  });
}

async function readMetadata(id: string, session: Session): Promise<JsonMap> {
  const found = (await dataAt(session, metadataPath(id))) ?? {};
  return {
    maxVersions: numberOr(found, "max_versions", 0),
    casRequired: flag(found, "cas_required"),
    deleteVersionAfter: seconds(textOr(found, "delete_version_after", "0s")),
    data: submap(found, "custom_metadata"),
  };
}

function metadataPath(id: string): string {
  return id.replace("/data/", "/metadata/");
}

/** Go's way to write a duration, such as `1h0m5s`, in seconds. */
function seconds(duration: string): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0),
    0,
  );
}
