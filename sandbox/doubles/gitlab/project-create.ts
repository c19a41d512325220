import { flag, numberOr, submap, text, textOr } from "../framework/bridge/fields";
import type { JsonMap } from "../framework/value";
import { escaped } from "./api";
import { idOf, ownerPath } from "./place";
import { AFTERWARDS, expirationPolicy, inputs, OF_A_FORK, PLAIN, WIRE } from "./project-fields";
import { LIMITS, type Session } from "./session";
import { changed, snake, toWire } from "./wire";

/** Makes a project, empty or out of another one: its record. */
export async function makeProject({ api }: Session, wanted: JsonMap): Promise<JsonMap> {
  const namespace = numberOr(wanted, "namespaceId", 0);
  const source = numberOr(wanted, "forkedFromProjectId", 0);
  if (source !== 0) {
    return api.post(`${ownerPath("project", source)}/fork`, {
      ...toWire(inputs, OF_A_FORK, wanted, {}, WIRE),
      ...(namespace !== 0 && { namespace_id: namespace }),
      ...pick(wanted, ["branches", "mrDefaultTargetSelf"]),
    });
  }
  return api.post("projects", {
    ...body(
      wanted,
      {},
      PLAIN.filter((name) => !AFTERWARDS.includes(name)),
    ),
    ...(namespace !== 0 && { namespace_id: namespace }),
    ...pick(wanted, [
      "initializeWithReadme",
      "templateName",
      "templateProjectId",
      "useCustomTemplate",
      "groupWithProjectTemplatesId",
    ]),
    ...(wanted["importUrl"] !== undefined && { import_url: importUrl(wanted) }),
  });
}

/** A body of what is wanted and differs from the last state. */
export function body(news: JsonMap, olds: JsonMap, names: readonly string[] = PLAIN): JsonMap {
  const policy = changed(inputs, ["containerExpirationPolicy"], olds, news);
  const keys = Object.keys(expirationPolicy).filter((name) => name !== "nextRunAt");
  return {
    ...toWire(inputs, names, news, olds, WIRE),
    ...(policy && {
      container_expiration_policy_attributes: toWire(expirationPolicy, keys, submap(news, "containerExpirationPolicy")),
    }),
  };
}

/** What is wanted and could not be said when the project was made. */
export function rest(wanted: JsonMap): JsonMap {
  const fork = numberOr(wanted, "forkedFromProjectId", 0) !== 0;
  return fork
    ? body(
        wanted,
        {},
        PLAIN.filter((name) => !OF_A_FORK.includes(name)),
      )
    : toWire(inputs, AFTERWARDS, wanted, {}, WIRE);
}

/** Waits until the content is there: a fork's, or an import's. Gives the record as it is then. */
export async function awaitContent(session: Session, made: JsonMap): Promise<JsonMap> {
  if (textOr(made, "import_status", "none") === "none") return made;
  const path = ownerPath("project", idOf(made));
  await session.until(`the content of ${path}`, LIMITS.import, async () => {
    const found = await session.api.get(`${path}/import`);
    const status = textOr(found, "import_status", "");
    if (status === "finished") return true;
    if (status === "scheduled" || status === "started") return undefined;
    throw new Error(`the import of ${path} ended as ${status}: ${textOr(found, "import_error", "no reason told")}`);
  });
  return session.api.get(path);
}

/** Waits until GitLab has protected the default branch, as it does a moment after it made the first commit. */
export async function awaitProtection(session: Session, made: JsonMap): Promise<void> {
  const { api } = session;
  const branch = textOr(made, "default_branch", "");
  if (branch === "" || !(await isProtecting(session, submap(made, "namespace")))) return;
  const path = `${ownerPath("project", idOf(made))}/repository/branches/${escaped(branch)}`;
  await session.until(`the protection of branch ${branch}`, LIMITS.defaultBranch, async () => {
    const found = await api.find(path);
    return found === undefined || flag(found, "protected") ? true : undefined;
  });
}

async function isProtecting({ api }: Session, namespace: JsonMap): Promise<boolean> {
  if (namespace["kind"] === "group") {
    const group = await api.get(ownerPath("group", idOf(namespace)));
    return group["default_branch_protection"] !== 0;
  }
  if (!flag(await api.get("user"), "is_admin")) return true;
  return (await api.get("application/settings"))["default_branch_protection"] !== 0;
}

function importUrl(wanted: JsonMap): string {
  const url = new URL(text(wanted, "importUrl"));
  const [user, password] = [textOr(wanted, "importUrlUsername", ""), textOr(wanted, "importUrlPassword", "")];
  if (user !== "") url.username = user;
  if (password !== "") url.password = password;
  return url.toString();
}

function pick(wanted: JsonMap, names: readonly string[]): JsonMap {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = wanted[name];
      return value === undefined ? [] : [[snake(name), value] as const];
    }),
  );
}
