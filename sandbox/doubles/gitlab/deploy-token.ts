import { flag, list, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { Bare } from "../framework/value";
import { badMoment, isOver, sameMoment } from "./expiry";
import { idOf, ownerPath, pathOf, splitId, type Owner } from "./place";
import type { Session } from "./session";
import { fromWire } from "./wire";

const SCOPES = [
  "read_repository",
  "read_registry",
  "write_registry",
  "read_virtual_registry",
  "write_virtual_registry",
  "read_package_registry",
  "write_package_registry",
];

/** A token for the repository and the packages of a project. */
export const projectDeployToken = deployToken("project");

/** A token for the repositories and packages of a group. */
export const groupDeployToken = deployToken("group");

/** Nothing of a deploy token changes in place; its value is told once. */
function deployToken(owner: Owner): BridgedResource<Session> {
  const inputs: Inputs = {
    [owner]: { type: "string", required: true, forceNew: true },
    name: { type: "string", forceNew: true },
    scopes: { type: { set: "string" }, required: true, forceNew: true },
    username: { type: "string", computed: true, forceNew: true },
    expiresAt: { type: "string", computed: true, forceNew: true, validate: badMoment, equivalent: sameMoment },
    validatePastExpirationDate: { type: "boolean", default: true },
  };
  return {
    half: "framework",
    autoname: true,
    inputs,
    outputs: { expired: { type: "boolean" }, revoked: { type: "boolean" }, token: { type: "string", secret: true } },
    validate: (given) => badScopes(given["scopes"], SCOPES),
    examine: (given, olds) => {
      const fresh = given["expiresAt"] !== olds?.["expiresAt"];
      if (fresh && given["validatePastExpirationDate"] !== false) refusePast(given["expiresAt"]);
      return Promise.resolve();
    },

    async create(wanted, { api }) {
      const { username, expiresAt } = wanted;
      const made = await api.post(`${pathOf(owner, wanted)}/deploy_tokens`, {
        name: text(wanted, "name"),
        scopes: list(wanted, "scopes"),
        ...(username !== undefined && { username }),
        ...(expiresAt !== undefined && { expires_at: expiresAt }),
      });
      return {
        id: `${text(wanted, owner)}:${idOf(made)}`,
        state: {
          ...wanted,
          ...fromWire(inputs, ["username", "expiresAt"], made, wanted),
          token: text(made, "token"),
          expired: flag(made, "expired"),
          revoked: flag(made, "revoked"),
        },
      };
    },

    async read(id, prior, { api }) {
      const [place = ""] = splitId(id, 2);
      const found = await api.find(pathAt(owner, id));
      if (found === undefined) return undefined;
      return {
        [owner]: place,
        ...fromWire(inputs, ["name", "scopes", "username", "expiresAt"], found, prior),
        expired: flag(found, "expired"),
        revoked: flag(found, "revoked"),
      };
    },

    // Only the check of the date can change; the server knows nothing of it.
    update: () => Promise.resolve(undefined),

    delete: (id, _state, { api }) => api.delete(pathAt(owner, id)),
  };
}

/** Refuses scopes that there are not. */
export function badScopes(given: unknown, scopes: readonly string[]): { property: string; reason: string }[] {
  const wrong = (Array.isArray(given) ? (given as readonly unknown[]) : []).filter(
    (scope): scope is string => typeof scope === "string" && !scopes.includes(scope),
  );
  return wrong.map((scope) => ({
    property: "scopes",
    reason: `expected each of scopes to be one of [${scopes.map((one) => JSON.stringify(one)).join(" ")}], got ${scope}`,
  }));
}

/** Refuses an end that is over. */
export function refusePast(expiresAt: Bare | undefined): void {
  if (typeof expiresAt !== "string" || !isOver(expiresAt)) return;
  throw new Error(`expiresAt must be in the future, got ${expiresAt}`);
}

function pathAt(owner: Owner, id: string): string {
  const [place = "", token = ""] = splitId(id, 2);
  return `${ownerPath(owner, place)}/deploy_tokens/${token}`;
}
