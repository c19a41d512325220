import { flag, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { badMoment, sameMoment } from "./expiry";
import { idOf, ownerPath, splitId } from "./place";
import type { Session } from "./session";
import { fromWire } from "./wire";

const inputs: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  title: { type: "string", required: true, forceNew: true },
  // The server drops the comment at the end.
  key: { type: "string", required: true, forceNew: true, equivalent: (old, wanted) => bare(old) === bare(wanted) },
  canPush: { type: "boolean", default: false, forceNew: true },
  expiresAt: { type: "string", forceNew: true, validate: badMoment, equivalent: sameMoment },
};

/** An SSH key that reads (or writes) one project. */
export const deployKey: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: { deployKeyId: { type: "integer" } },

  async create(wanted, { api }) {
    const project = text(wanted, "project");
    const expires = wanted["expiresAt"];
    const made = await api.post(`${ownerPath("project", project)}/deploy_keys`, {
      title: text(wanted, "title"),
      key: text(wanted, "key").trim(),
      can_push: flag(wanted, "canPush"),
      ...(expires !== undefined && { expires_at: expires }),
    });
    return { id: `${project}:${idOf(made)}` };
  },

  async read(id, prior, { api }) {
    const found = await api.find(pathAt(id));
    if (found === undefined) return undefined;
    return {
      project: splitId(id, 2)[0] ?? "",
      deployKeyId: idOf(found),
      ...fromWire(inputs, ["title", "key", "canPush", "expiresAt"], found, prior),
    };
  },

  delete: (id, _state, { api }) => api.delete(pathAt(id)),
};

function bare(key: unknown): string {
  return typeof key === "string" ? key.trim().split(/\s+/).slice(0, 2).join(" ") : "";
}

function pathAt(id: string): string {
  const [project = "", key = ""] = splitId(id, 2);
  return `${ownerPath("project", project)}/deploy_keys/${key}`;
}
