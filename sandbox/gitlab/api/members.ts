import { caller, groupOf, projectOf } from "../access/guards";
import { level, memberLevels } from "../access/levels";
import { groupLevel, projectLevel } from "../access/rights";
import { now, today } from "../clock";
import { created, noContent, ok, page } from "../http/reply";
import { conflict, forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Member, SourceKind } from "../model";
import { descendants, lineage, projectById, projectsBelow, userById } from "../namespaces";
import { isSynced } from "./ldap-links";
import { userBody } from "./users";

/** A member as the API tells it: a user with a level. */
function memberBody(call: Call, member: Member): Record<string, unknown> {
  const user = userById(call.state, member.userId);
  return {
    ...(user === undefined ? { id: member.userId } : userBody(call.gitlab, user)),
    access_level: member.accessLevel,
    created_at: member.createdAt,
    expires_at: member.expiresAt,
    membership_state: "active",
    member_role: null,
  };
}

interface Source {
  readonly kind: SourceKind;
  readonly id: number;
  /** What the caller may do here. */
  readonly level: number;
}

function sourceOf(call: Call, kind: SourceKind, needed: number = level.none): Source {
  if (kind === "group") {
    const group = groupOf(call, needed);
    return { kind, id: group.id, level: groupLevel(call.state, caller(call), group) };
  }
  const project = projectOf(call, needed);
  return { kind, id: project.id, level: projectLevel(call.state, caller(call), project) };
}

const manages = (kind: SourceKind): number => (kind === "group" ? level.owner : level.maintainer);

const direct = (call: Call, source: Source): Member[] =>
  call.state.members.filter((each) => each.source === source.kind && each.sourceId === source.id);

/** Direct and inherited members; of the same user the highest. */
function inherited(call: Call, source: Source): Member[] {
  const groupId = source.kind === "group" ? source.id : (projectById(call.state, source.id)?.namespaceId ?? null);
  const groups = new Set(lineage(call.state, groupId).map((group) => group.id));
  const all = call.state.members.filter((each) =>
    each.source === "group" ? groups.has(each.sourceId) : source.kind === "project" && each.sourceId === source.id,
  );
  return all.filter(
    (each) => !all.some((other) => other.userId === each.userId && other.accessLevel > each.accessLevel),
  );
}

function readLevel(call: Call, source: Source): number {
  const wanted = call.params.requiredInteger("access_level");
  if (!memberLevels.includes(wanted)) throw invalid({ access_level: ["is not included in the list"] });
  // Nobody gives more than they have.
  if (source.level < level.admin && wanted > source.level) throw forbidden();
  return wanted;
}

function readEnd(call: Call): string | null {
  const day = call.params.day("expires_at") ?? null;
  if (day !== null && day <= today()) throw invalid({ expires_at: ["cannot be a date in the past"] });
  return day;
}

function add(call: Call, kind: SourceKind): Member {
  const source = sourceOf(call, kind, manages(kind));
  const accessLevel = readLevel(call, source);
  const username = call.params.text("username");
  const user =
    username === undefined
      ? userById(call.state, call.params.requiredInteger("user_id"))
      : call.state.users.find((each) => each.username === username);
  const expiresAt = readEnd(call);
  if (user === undefined) throw notFound("User");
  if (direct(call, source).some((each) => each.userId === user.id)) throw conflict("Member already exists");
  const above = inherited(call, source).find((each) => each.userId === user.id);
  if (above !== undefined && above.accessLevel > accessLevel) {
    throw invalid({
      access_level: [
        `should be greater than or equal to ${levelName(above.accessLevel)} inherited membership from group`,
      ],
    });
  }
  const member: Member = {
    source: kind,
    sourceId: source.id,
    userId: user.id,
    accessLevel,
    expiresAt,
    createdAt: now(),
  };
  call.state.members.push(member);
  return member;
}

const levelName = (value: number): string =>
  Object.entries(level)
    .find(([, each]) => each === value)?.[0]
    .replace(/^./, (first) => first.toUpperCase()) ?? String(value);

function wanted(call: Call, source: Source, from: readonly Member[] = direct(call, source)): Member {
  const member = from.find((each) => each.userId === Number(call.path["user_id"]));
  if (member === undefined) throw notFound();
  return member;
}

function change(call: Call, kind: SourceKind): Member {
  const source = sourceOf(call, kind, manages(kind));
  const member = wanted(call, source);
  const accessLevel = readLevel(call, source);
  if (kind === "group" && accessLevel < level.owner) keepAnOwner(call, source, member);
  const expiresAt = call.params.has("expires_at") ? readEnd(call) : member.expiresAt;
  Object.assign(member, { accessLevel, expiresAt });
  return member;
}

/** A group never loses its last owner. */
function keepAnOwner(call: Call, source: Source, member: Member): void {
  const owners = inherited(call, source).filter((each) => each.accessLevel >= level.owner);
  const isTop = lineage(call.state, source.id).length === 1;
  if (isTop && member.accessLevel >= level.owner && owners.length === 1) throw forbidden();
}

function remove(call: Call, kind: SourceKind): void {
  const source = sourceOf(call, kind);
  const member = wanted(call, source);
  const locked = kind === "group" && isSynced(call.state, source.id);
  if (member.userId !== caller(call).id && (locked || source.level < manages(kind))) throw forbidden();
  if (kind === "group") keepAnOwner(call, source, member);
  const below =
    kind === "group" && call.params.flag("skip_subresources") !== true
      ? {
          groups: new Set(descendants(call.state, source.id).map((each) => each.id)),
          projects: new Set(projectsBelow(call.state, source.id).map((each) => each.id)),
        }
      : { groups: new Set<number>(), projects: new Set<number>() };
  call.state.members = call.state.members.filter(
    (each) =>
      each !== member &&
      !(each.userId === member.userId && (each.source === "group" ? below.groups : below.projects).has(each.sourceId)),
  );
}

const routesOf = (kind: SourceKind): readonly Route[] => {
  const at = `${kind}s/:id/members`;
  const many = (call: Call, members: readonly Member[]): ReturnType<typeof page> => {
    const ids = call.params.integers("user_ids");
    const query = call.params.text("query")?.toLowerCase();
    const found = members.filter((each) => {
      const user = userById(call.state, each.userId);
      return (
        (ids === undefined || ids.includes(each.userId)) &&
        (query === undefined || [user?.name, user?.username].some((text) => text?.toLowerCase().includes(query)))
      );
    });
    return page(
      call.params,
      found.map((each) => memberBody(call, each)),
      call.address,
    );
  };
  return [
    { method: "GET", pattern: at, handle: (call) => many(call, direct(call, sourceOf(call, kind))) },
    { method: "GET", pattern: `${at}/all`, handle: (call) => many(call, inherited(call, sourceOf(call, kind))) },
    {
      method: "GET",
      pattern: `${at}/all/:user_id`,
      handle: (call) => {
        const source = sourceOf(call, kind);
        return ok(memberBody(call, wanted(call, source, inherited(call, source))));
      },
    },
    {
      method: "GET",
      pattern: `${at}/:user_id`,
      handle: (call) => ok(memberBody(call, wanted(call, sourceOf(call, kind)))),
    },
    { method: "POST", pattern: at, handle: (call) => created(memberBody(call, add(call, kind))) },
    { method: "PUT", pattern: `${at}/:user_id`, handle: (call) => ok(memberBody(call, change(call, kind))) },
    {
      method: "DELETE",
      pattern: `${at}/:user_id`,
      handle: (call) => {
        remove(call, kind);
        return noContent();
      },
    },
  ];
};

/** Members of groups and projects. */
export const members: readonly Route[] = [...routesOf("group"), ...routesOf("project")];
