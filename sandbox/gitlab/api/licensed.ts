import { groupOf, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { badParameter, conflict, invalid, notFound, type Refusal } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Item } from "../model";

// What only a licensed instance has, and what is kept and told here but does nothing: push rules, protected environments,
// links to SAML groups. On a free one all of these are 404. That SAML is set up there, without which a real one answers 401,
// is taken for granted.

/** The one record of a kind that a project or group has. A group's is kept under the negative of its id. */
function single(call: Call, family: string, owner: number): Item | undefined {
  return call.state.items.find((each) => each.family === family && each.projectId === owner);
}

const ruleFlags = [
  "deny_delete_tag",
  "member_check",
  "prevent_secrets",
  "commit_committer_check",
  "commit_committer_name_check",
  "reject_unsigned_commits",
  "reject_non_dco_commits",
];
const ruleTexts = [
  "commit_message_regex",
  "commit_message_negative_regex",
  "branch_name_regex",
  "author_email_regex",
  "file_name_regex",
];

function readRules(call: Call, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { params } = call;
  return {
    ...Object.fromEntries(ruleFlags.map((name) => [name, params.flag(name) ?? before[name] ?? false])),
    ...Object.fromEntries(ruleTexts.map((name) => [name, params.text(name) ?? before[name] ?? ""])),
    max_file_size: params.integer("max_file_size") ?? before["max_file_size"] ?? 0,
  };
}

function pushRules(kind: "project" | "group"): readonly Route[] {
  const pattern = `${kind}s/:id/push_rule`;
  const family = "push_rule";
  const owner = (call: Call): number =>
    kind === "group" ? -groupOf(call, level.owner).id : projectOf(call, level.maintainer).id;
  const show = (item: Item): Record<string, unknown> => ({
    id: item.id,
    [`${kind}_id`]: Math.abs(item.projectId),
    ...item.values,
  });
  const wanted = (call: Call): Item => {
    const item = single(call, family, owner(call));
    if (item === undefined) throw notFound("Push Rule");
    return item;
  };
  return [
    { method: "GET", pattern, licensed: true, handle: (call) => ok(show(wanted(call))) },
    {
      method: "POST",
      pattern,
      licensed: true,
      handle: (call) => {
        const id = owner(call);
        if (single(call, family, id) !== undefined) throw invalid("Project push rule exists");
        const item: Item = { id: call.gitlab.store.next("item"), family, projectId: id, values: readRules(call, {}) };
        call.state.items.push(item);
        return created(show(item));
      },
    },
    {
      method: "PUT",
      pattern,
      licensed: true,
      handle: (call) => {
        const item = wanted(call);
        item.values = readRules(call, item.values);
        return ok(show(item));
      },
    },
    {
      method: "DELETE",
      pattern,
      licensed: true,
      handle: (call) => {
        const item = wanted(call);
        call.state.items = call.state.items.filter((each) => each !== item);
        return noContent();
      },
    },
  ];
}

/** A family of records with a name that is unique in its project or group. */
function named(
  kind: "project" | "group",
  family: string,
  name: string,
  needs: number,
  read: (call: Call) => Record<string, unknown>,
  clash: (taken: string) => Refusal,
): readonly Route[] {
  const pattern = `${kind}s/:id/${family}`;
  const owner = (call: Call): number => (kind === "group" ? -groupOf(call, needs).id : projectOf(call, needs).id);
  const all = (call: Call): Item[] => {
    const id = owner(call);
    return call.state.items.filter((each) => each.family === family && each.projectId === id);
  };
  const wanted = (call: Call): Item => {
    const found = all(call).find((each) => each.values[name] === call.path["name"]);
    if (found === undefined) throw notFound();
    return found;
  };
  const show = (item: Item): Record<string, unknown> => item.values;
  return [
    {
      method: "GET",
      pattern,
      licensed: true,
      handle: (call) => page(call.params, all(call).map(show), call.address),
    },
    {
      method: "POST",
      pattern,
      licensed: true,
      handle: (call): Reply => {
        const values = read(call);
        if (all(call).some((each) => each.values[name] === values[name])) {
          throw clash(String(values[name]));
        }
        call.state.items.push({ id: call.gitlab.store.next("item"), family, projectId: owner(call), values });
        return created(values);
      },
    },
    { method: "GET", pattern: `${pattern}/:name`, licensed: true, handle: (call) => ok(show(wanted(call))) },
    {
      method: "DELETE",
      pattern: `${pattern}/:name`,
      licensed: true,
      handle: (call) => {
        const item = wanted(call);
        call.state.items = call.state.items.filter((each) => each !== item);
        return noContent();
      },
    },
  ];
}

/** The levels that the people of a linked group can have. */
export const groupLevels: readonly number[] = [5, 10, 15, 20, 30, 40, 50];

const samlLink = (call: Call): Record<string, unknown> => {
  const accessLevel = call.params.level("access_level", groupLevels);
  if (accessLevel === undefined) throw badParameter("access_level is missing");
  return { name: call.params.filledText("saml_group_name"), access_level: accessLevel, member_role_id: null };
};

const entries = (call: Call, name: string): Record<string, unknown>[] =>
  (call.params.objects(name) ?? []).map((each) => ({
    id: call.gitlab.store.next("ref_access"),
    access_level: each.integer("access_level") ?? null,
    access_level_description: "",
    user_id: each.integer("user_id") ?? null,
    group_id: each.integer("group_id") ?? null,
    group_inheritance_type: each.integer("group_inheritance_type") ?? 0,
    ...(name === "approval_rules" ? { required_approvals: each.integer("required_approvals") ?? 1 } : {}),
  }));

const protectedEnvironment = (call: Call): Record<string, unknown> => {
  const levels = entries(call, "deploy_access_levels");
  if (levels.length === 0) throw invalid({ deploy_access_levels: ["can't be blank"] });
  return {
    name: call.params.filledText("name"),
    deploy_access_levels: levels,
    approval_rules: entries(call, "approval_rules"),
    required_approval_count: 0,
  };
};

/** The licensed families. */
export const licensed: readonly Route[] = [
  ...pushRules("project"),
  ...pushRules("group"),
  ...named("group", "saml_group_links", "name", level.owner, samlLink, () =>
    invalid("Saml group name has already been taken"),
  ),
  ...named("project", "protected_environments", "name", level.maintainer, protectedEnvironment, (taken) =>
    conflict(`${taken} already exists`),
  ),
];
