import { flag, list, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { isMap, type BareMap, type JsonMap } from "../framework/value";
import { levelName, levelNumber, memberLevels } from "./access-level";
import { badScopes, refusePast } from "./deploy-token";
import { badDay, inDays, today } from "./expiry";
import { idOf, ownerPath, pathOf, splitId, type Owner } from "./place";
import type { Session } from "./session";

const SCOPES = [
  "api",
  "read_api",
  "read_registry",
  "write_registry",
  "read_virtual_registry",
  "write_virtual_registry",
  "read_repository",
  "write_repository",
  "create_runner",
  "manage_runner",
  "ai_features",
  "k8s_proxy",
  "self_rotate",
  "read_observability",
  "write_observability",
];

/** A token that acts as a member of a project. */
export const projectAccessToken = accessToken("project");

/** A token that acts as a member of a group. */
export const groupAccessToken = accessToken("group");

/**
 * A new end is a rotation: another token with another id, in place. The engine keeps the first id for good, so the
 * token's own is an output, as the real bridge has it.
 */
function accessToken(owner: Owner): BridgedResource<Session> {
  const inputs: Inputs = {
    [owner]: { type: "string", required: true, forceNew: true },
    name: { type: "string", forceNew: true },
    scopes: { type: { set: "string" }, required: true, forceNew: true },
    accessLevel: { type: "string", default: "maintainer", forceNew: true, oneOf: memberLevels },
    description: { type: "string", computed: true, forceNew: true },
    expiresAt: { type: "string", computed: true, validate: badDay },
    rotationConfiguration: {
      type: {
        object: {
          expirationDays: { type: "integer", required: true },
          rotateBeforeDays: { type: "integer", required: true },
        },
      },
    },
    validatePastExpirationDate: { type: "boolean", default: true },
  };
  return {
    half: "framework",
    autoname: true,
    inputs,
    outputs: {
      id: { type: "string" },
      active: { type: "boolean" },
      createdAt: { type: "string" },
      revoked: { type: "boolean" },
      token: { type: "string", secret: true },
      userId: { type: "integer" },
    },
    validate: (given) => badScopes(given["scopes"], SCOPES),
    plan: planRotation,
    examine: (given, olds) => {
      const fresh = given["expiresAt"] !== olds?.["expiresAt"];
      if (fresh && given["validatePastExpirationDate"] !== false) refusePast(given["expiresAt"]);
      return Promise.resolve();
    },
    unsettles: (olds, given) =>
      isRotated(olds, given) ? ["id", "token", "createdAt", "active", "revoked", "userId"] : [],

    async create(wanted, { api }) {
      const { description, expiresAt } = wanted;
      const made = await api.post(`${pathOf(owner, wanted)}/access_tokens`, {
        name: text(wanted, "name"),
        scopes: list(wanted, "scopes"),
        access_level: levelNumber(textOr(wanted, "accessLevel", "maintainer")),
        ...(description !== undefined && { description }),
        ...(expiresAt !== undefined && { expires_at: expiresAt }),
      });
      const id = `${text(wanted, owner)}:${idOf(made)}`;
      return { id, state: { ...wanted, ...stateOf(made), id, token: text(made, "token") } };
    },

    async read(id, prior, { api }) {
      const own = textOr(prior, "id", id);
      const found = await api.find(pathAt(owner, own));
      // A revoked token is as good as none.
      if (found === undefined || flag(found, "revoked")) return undefined;
      const [place = ""] = splitId(own, 2);
      return { [owner]: place, ...stateOf(found), id: own, name: found["name"] ?? "", scopes: list(found, "scopes") };
    },

    async update(id, olds, news, { api }) {
      const own = textOr(olds, "id", id);
      if (!isRotated(olds, news)) return { ...news, id: own };
      const made = await api.post(`${pathAt(owner, own)}/rotate`, { expires_at: news["expiresAt"] ?? null });
      const fresh = `${splitId(own, 2)[0] ?? ""}:${idOf(made)}`;
      return { ...news, ...stateOf(made), id: fresh, token: text(made, "token") };
    },

    delete: (id, state, { api }) => api.delete(pathAt(owner, textOr(state, "id", id))),
  };
}

/** With a rotation, the end is so many days from now, until it comes near: then it is so many days from then. */
function planRotation(given: BareMap, olds: BareMap = {}): BareMap {
  const rotation = given["rotationConfiguration"];
  if (rotation === undefined || !isMap(rotation)) return given;
  const { expirationDays, rotateBeforeDays } = rotation;
  if (typeof expirationDays !== "number" || typeof rotateBeforeDays !== "number") return given;
  const end = olds["expiresAt"];
  const due = typeof end !== "string" || end === "" || end <= inDays(rotateBeforeDays);
  return { ...given, expiresAt: due ? inDays(expirationDays) : end };
}

function isRotated(olds: BareMap, given: BareMap): boolean {
  return given["expiresAt"] !== undefined && given["expiresAt"] !== olds["expiresAt"];
}

function stateOf(found: JsonMap): JsonMap {
  return {
    accessLevel: levelName(found["access_level"]) ?? null,
    description: found["description"] ?? "",
    expiresAt: found["expires_at"] ?? null,
    active: flag(found, "active"),
    createdAt: textOr(found, "created_at", today()),
    revoked: flag(found, "revoked"),
    userId: found["user_id"] ?? 0,
  };
}

function pathAt(owner: Owner, id: string): string {
  const [place = "", token = ""] = splitId(id, 2);
  return `${ownerPath(owner, place)}/access_tokens/${token}`;
}
