import { flag, list, numberOr, submap, text, texts } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource } from "../framework/bridge/schema";
import { isMap, type Json, type JsonMap } from "../framework/value";
import { levelName, levelNumber } from "./access-level";
import { GitLabError } from "./api";
import { AFTERWARDS, inputs, PLAIN, WIRE } from "./group-fields";
import { idOf, ownerPath } from "./place";
import { readPushRules, writePushRules } from "./push-rules";
import { awaitDeletion, awaitRemoval, isMarked } from "./deletion";
import { LIMITS, type Session } from "./session";
import { changed, fromWire, toWire } from "./wire";

/** A group of projects and of further groups. */
export const group: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {
    avatarUrl: { type: "string" },
    fullName: { type: "string" },
    fullPath: { type: "string" },
    runnersToken: { type: "string", secret: true },
    webUrl: { type: "string" },
  },

  async create(wanted, session) {
    const { api } = session;
    const first = Object.fromEntries(Object.entries(wanted).filter(([name]) => !AFTERWARDS.includes(name)));
    const made = await api.post("groups", body(first));
    const id = String(idOf(made));
    const path = ownerPath("group", id);
    try {
      await session.pause();
      await session.until(`group ${id}`, LIMITS.deletion, () => api.find(path));
      await writePushRules(session, path, wanted);
      if (AFTERWARDS.some((name) => wanted[name] !== undefined)) await api.put(path, afterwards(wanted));
    } catch (error) {
      throw new Unfinished(id, error);
    }
    return { id };
  },

  async read(id, prior, session) {
    const path = ownerPath("group", id);
    const found = await session.api.find(path, { with_projects: false });
    if (found === undefined || isMarked(found)) return undefined;
    const rules = (await session.enterprise()) ? await readPushRules(session, path, prior) : {};
    return {
      ...fromWire(inputs, PLAIN, found, prior, WIRE),
      ...fromWire(inputs, ["parentId"], { parent_id: found["parent_id"] ?? 0 }, prior),
      ...listOf("allowedEmailDomainsLists", found["allowed_email_domains_list"]),
      ...listOf("ipRestrictionRanges", found["ip_restriction_ranges"], prior),
      ...protectionDefaults(found),
      ...rules,
      avatarUrl: found["avatar_url"] ?? "",
      fullName: text(found, "full_name"),
      fullPath: text(found, "full_path"),
      runnersToken: found["runners_token"] ?? "",
      webUrl: text(found, "web_url"),
    };
  },

  async update(id, olds, news, session) {
    const path = ownerPath("group", id);
    if (changed(inputs, ["parentId"], olds, news)) {
      const parent = numberOr(news, "parentId", 0);
      await session.api.post(`${path}/transfer`, parent === 0 ? {} : { group_id: parent });
    }
    await session.api.put(path, {
      ...body(news, olds),
      ...afterwards(news, olds),
      visibility: news["visibilityLevel"] ?? olds["visibilityLevel"] ?? "private",
    });
    await writePushRules(session, path, news, olds);
    return undefined;
  },

  unsettles: (olds, news) =>
    ["path", "parentId", "name"].some((key) => news[key] !== undefined && news[key] !== olds[key])
      ? ["fullName", "fullPath", "webUrl"]
      : [],

  async delete(id, state, session) {
    const { api } = session;
    const path = ownerPath("group", id);
    if (flag(state, "archiveOnDestroy")) {
      await api.post(`${path}/archive`);
      return;
    }
    await api.delete(path).catch((error: unknown) => {
      const known = error instanceof GitLabError && error.message.includes("already marked for deletion");
      if (!known) throw error;
    });
    await session.pause();
    const marked = await awaitDeletion(session, path);
    if (marked === undefined || !flag(state, "permanentlyRemoveOnDelete")) return;
    await api.delete(path, { full_path: text(marked, "full_path"), permanently_remove: true });
    await awaitRemoval(session, path);
  },
};

function body(news: JsonMap, olds: JsonMap = {}): JsonMap {
  const names = PLAIN.filter((name) => !AFTERWARDS.includes(name));
  const isNew = Object.keys(olds).length === 0;
  const parent = isNew ? numberOr(news, "parentId", 0) : 0;
  return {
    ...toWire(inputs, names, news, olds, WIRE),
    ...(parent !== 0 && { parent_id: parent }),
    ...(changed(inputs, ["defaultBranchProtectionDefaults"], olds, news) && {
      default_branch_protection_defaults: defaultsBody(submap(news, "defaultBranchProtectionDefaults")),
    }),
  };
}

function afterwards(news: JsonMap, olds: JsonMap = {}): JsonMap {
  const lists = ["allowedEmailDomainsLists", "ipRestrictionRanges"] as const;
  const plain = AFTERWARDS.filter((name) => !lists.some((other) => other === name));
  const given = lists.filter((name) => changed(inputs, [name], olds, news));
  const keys = { allowedEmailDomainsLists: "allowed_email_domains_list", ipRestrictionRanges: "ip_restriction_ranges" };
  return {
    ...toWire(inputs, plain, news, olds, WIRE),
    ...Object.fromEntries(given.map((name) => [keys[name], texts(news, name).join(",")])),
  };
}

function defaultsBody(wanted: JsonMap): JsonMap {
  const levels = (key: string): Json => texts(wanted, key).map((name) => ({ access_level: levelNumber(name) }));
  return {
    ...toWire({}, ["allowForcePush", "codeOwnerApprovalRequired", "developerCanInitialPush"], wanted),
    ...(wanted["allowedToMerges"] !== undefined && { allowed_to_merge: levels("allowedToMerges") }),
    ...(wanted["allowedToPushes"] !== undefined && { allowed_to_push: levels("allowedToPushes") }),
  };
}

function protectionDefaults(found: JsonMap): JsonMap {
  const told = submap(found, "default_branch_protection_defaults");
  if (Object.keys(told).length === 0) return {};
  const names = (key: string): Json =>
    list(told, key).flatMap((entry) => {
      const name = isMap(entry) ? levelName(entry["access_level"]) : undefined;
      return name === undefined ? [] : [name];
    });
  return {
    defaultBranchProtectionDefaults: {
      allowForcePush: flag(told, "allow_force_push"),
      allowedToMerges: names("allowed_to_merge"),
      allowedToPushes: names("allowed_to_push"),
      codeOwnerApprovalRequired: flag(told, "code_owner_approval_required"),
      developerCanInitialPush: flag(told, "developer_can_initial_push"),
    },
  };
}

/** Lists that are one text on the wire. */
function listOf(name: string, told: Json | undefined, prior: JsonMap = { [name]: [] }): JsonMap {
  const found = typeof told === "string" && told !== "" ? told.split(",") : [];
  return found.length === 0 && prior[name] === undefined ? {} : { [name]: found };
}
