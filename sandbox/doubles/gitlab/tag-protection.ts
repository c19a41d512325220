import { list, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { Json, JsonMap } from "../framework/value";
import { levelNumber, protectionLevels } from "./access-level";
import { escaped, type GitLabApi } from "./api";
import { entriesWithKeys, fromEntries, toEntries } from "./entries";
import { ownerPath, splitId } from "./place";
import type { Session } from "./session";

const inputs: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  tag: { type: "string", required: true, forceNew: true },
  createAccessLevel: { type: "string", default: "maintainer", forceNew: true, oneOf: protectionLevels },
  allowedToCreates: entriesWithKeys,
};

/** Who may make a tag. A protection that is there already is taken over. */
export const tagProtection: BridgedResource<Session> = {
  half: "framework",
  inputs,
  outputs: {},

  async create(wanted, { api }) {
    const [project, tag] = [text(wanted, "project"), text(wanted, "tag")];
    const folder = `${ownerPath("project", project)}/protected_tags`;
    try {
      await api.post(folder, body(wanted));
    } catch {
      await protectAgain(api, `${project}:${tag}`, wanted);
    }
    return { id: `${project}:${tag}` };
  },

  async read(id, prior, { api }) {
    const [project = "", tag = ""] = splitId(id, 2);
    const found = await api.find(pathAt(id));
    if (found === undefined) return undefined;
    const all = fromEntries(found, "create_access_levels");
    const [first, ...others] = all.filter((entry) => entry["accessLevel"] !== undefined);
    const somebody = all.filter((entry) => entry["accessLevel"] === undefined);
    const more = [...others, ...somebody];
    const given = prior["allowedToCreates"] !== undefined || more.length > 0;
    return {
      project,
      tag,
      createAccessLevel: first?.["accessLevel"] ?? null,
      ...(given && { allowedToCreates: more }),
    };
  },

  async update(id, _olds, news, { api }) {
    await protectAgain(api, id, news);
    return undefined;
  },

  delete: (id, _state, { api }) => api.delete(pathAt(id)),
};

async function protectAgain(api: GitLabApi, id: string, wanted: JsonMap): Promise<void> {
  await api.delete(pathAt(id));
  await api.post(`${ownerPath("project", text(wanted, "project"))}/protected_tags`, body(wanted));
}

function body(wanted: JsonMap): JsonMap {
  const allowed: Json = toEntries(list(wanted, "allowedToCreates"));
  return {
    name: text(wanted, "tag"),
    create_access_level: levelNumber(textOr(wanted, "createAccessLevel", "maintainer")),
    ...(allowed.length > 0 && { allowed_to_create: allowed }),
  };
}

function pathAt(id: string): string {
  const [project = "", tag = ""] = splitId(id, 2);
  return `${ownerPath("project", project)}/protected_tags/${escaped(tag)}`;
}
