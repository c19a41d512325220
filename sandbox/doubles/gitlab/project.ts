import { flag, numberOr, submap, text } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { awaitDeletion, awaitRemoval, isMarked } from "./deletion";
import { idOf, ownerPath } from "./place";
import { awaitContent, awaitProtection, body, makeProject, rest } from "./project-create";
import { expirationPolicy, inputs, PLAIN, WIRE } from "./project-fields";
import { readPushRules, writePushRules } from "./push-rules";
import type { Session } from "./session";
import { changed, fromWire } from "./wire";

/** A project: a repository and everything around it. */
export const project: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {
    avatarUrl: { type: "string" },
    emptyRepo: { type: "boolean" },
    httpUrlToRepo: { type: "string" },
    pathWithNamespace: { type: "string" },
    runnersToken: { type: "string", secret: true },
    sshUrlToRepo: { type: "string" },
    webUrl: { type: "string" },
  },

  async create(wanted, session) {
    const made = await makeProject(session, wanted);
    const id = String(idOf(made));
    const path = ownerPath("project", id);
    try {
      const full = await awaitContent(session, made);
      if (flag(wanted, "archived")) await session.api.post(`${path}/archive`);
      await writePushRules(session, path, wanted);
      if (!flag(wanted, "skipWaitForDefaultBranchProtection")) await awaitProtection(session, full);
      const more = rest(wanted);
      if (Object.keys(more).length > 0) await session.api.put(path, { name: text(wanted, "name"), ...more });
    } catch (error) {
      throw new Unfinished(id, error);
    }
    return { id };
  },

  async read(id, prior, session) {
    const path = ownerPath("project", id);
    const found = await session.api.find(path);
    if (found === undefined || isMarked(found)) return undefined;
    const rules = await readPushRules(session, path, prior);
    return {
      ...fromWire(inputs, PLAIN, found, prior, WIRE),
      ...fromWire(inputs, ["archived"], found, prior),
      ...fromWire(inputs, ["namespaceId"], { namespace_id: idOf(submap(found, "namespace")) }, prior),
      // Left out, it is made from the name, and that is no difference. An import (without a name yet) takes it.
      ...(prior["path"] === undefined && prior["name"] !== undefined && { path: null }),
      ...forkOf(found, prior),
      ...policyOf(found),
      ...rules,
      avatarUrl: found["avatar_url"] ?? "",
      emptyRepo: flag(found, "empty_repo"),
      httpUrlToRepo: text(found, "http_url_to_repo"),
      pathWithNamespace: text(found, "path_with_namespace"),
      runnersToken: found["runners_token"] ?? "",
      sshUrlToRepo: text(found, "ssh_url_to_repo"),
      webUrl: text(found, "web_url"),
    };
  },

  async update(id, olds, news, session) {
    const { api } = session;
    const path = ownerPath("project", id);
    if (changed(inputs, ["namespaceId"], olds, news)) {
      await api.put(`${path}/transfer`, { namespace: numberOr(news, "namespaceId", 0) });
    }
    if (changed(inputs, ["archived"], olds, news) && !flag(news, "archived")) await api.post(`${path}/unarchive`);
    await api.put(path, { name: text(news, "name"), ...body(news, olds) });
    if (changed(inputs, ["forkedFromProjectId"], olds, news)) await changeFork(session, path, olds, news);
    await writePushRules(session, path, news, olds);
    if (changed(inputs, ["archived"], olds, news) && flag(news, "archived")) await api.post(`${path}/archive`);
    return undefined;
  },

  unsettles: (olds, news) =>
    ["path", "namespaceId"].some((key) => news[key] !== undefined && news[key] !== olds[key])
      ? ["httpUrlToRepo", "pathWithNamespace", "sshUrlToRepo", "webUrl"]
      : [],

  async delete(id, state, session) {
    const { api } = session;
    const path = ownerPath("project", id);
    if (flag(state, "archiveOnDestroy")) {
      await api.post(`${path}/archive`);
      return;
    }
    await api.delete(path);
    await session.pause();
    const marked = await awaitDeletion(session, path);
    if (marked === undefined || !flag(state, "permanentlyDeleteOnDestroy")) return;
    // It has been given another path meanwhile.
    await api.delete(path, { full_path: text(marked, "path_with_namespace"), permanently_remove: true });
    await awaitRemoval(session, path);
  },
};

async function changeFork({ api }: Session, path: string, olds: JsonMap, news: JsonMap): Promise<void> {
  const source = numberOr(news, "forkedFromProjectId", 0);
  if (numberOr(olds, "forkedFromProjectId", 0) !== 0) await api.delete(`${path}/fork`);
  if (source !== 0) await api.post(`${path}/fork/${source}`);
}

/** The source of a fork, told as far as it was asked for: the property is no computed one. */
function forkOf(found: JsonMap, prior: JsonMap): JsonMap {
  const source = submap(found, "forked_from_project")["id"] ?? 0;
  return prior["forkedFromProjectId"] === undefined && source === 0 ? {} : { forkedFromProjectId: source };
}

function policyOf(found: JsonMap): JsonMap {
  const told = submap(found, "container_expiration_policy");
  if (Object.keys(told).length === 0) return {};
  const names = Object.keys(expirationPolicy).filter((name) => name !== "nextRunAt");
  return {
    containerExpirationPolicy: fromWire(expirationPolicy, names, told, {}, { nameRegexDelete: "name_regex" }),
  };
}
