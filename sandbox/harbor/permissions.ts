import type { Access } from "./state";

const crud = ["read", "create", "delete", "list", "update"];

/** What a robot can be given at all, by resource; Harbor refuses every other pair. */
const grantable: Readonly<Record<"system" | "project", Readonly<Record<string, readonly string[]>>>> = {
  system: {
    "audit-log": ["list"],
    "preheat-instance": crud,
    project: ["list", "create"],
    "replication-policy": crud,
    replication: ["read", "create", "list"],
    "replication-adapter": ["list"],
    registry: crud,
    "scan-all": ["read", "update", "stop", "create"],
    "system-volumes": ["read"],
    "garbage-collection": ["read", "create", "list", "update", "stop"],
    "purge-audit": ["read", "create", "list", "update", "stop"],
    "jobservice-monitor": ["list", "stop"],
    scanner: crud,
    label: ["read", "create", "delete", "update"],
    "security-hub": ["read", "list"],
    catalog: ["read"],
    quota: ["read", "list"],
  },
  project: {
    log: ["list"],
    project: ["read", "delete", "update"],
    metadata: crud,
    repository: ["read", "update", "delete", "list", "pull", "push"],
    artifact: ["read", "create", "list", "delete"],
    scan: ["create", "read", "stop"],
    tag: ["create", "list", "delete"],
    accessory: ["list"],
    "artifact-addition": ["read"],
    "artifact-label": ["create", "delete"],
    scanner: ["create", "read"],
    "preheat-policy": crud,
    "immutable-tag": ["create", "delete", "list", "update"],
    "notification-policy": crud,
    "tag-retention": crud,
    label: crud,
    quota: ["read"],
  },
};

/** Whether Harbor lets a robot have this pair. */
export function isGrantable(kind: "system" | "project", access: Access): boolean {
  const actions = Object.hasOwn(grantable[kind], access.resource) ? grantable[kind][access.resource] : undefined;
  return actions?.includes(access.action) ?? false;
}

const reader: Readonly<Record<string, readonly string[]>> = {
  project: ["read"],
  repository: ["read", "list", "pull"],
  artifact: ["read", "list"],
  tag: ["list"],
  label: ["read", "list"],
  quota: ["read"],
};

const developer = { ...reader, repository: [...(reader["repository"] ?? []), "push"], tag: ["list", "create"] };

const maintainer = {
  ...developer,
  repository: [...developer.repository, "update", "delete"],
  artifact: ["read", "list", "create", "delete"],
  tag: ["list", "create", "delete"],
  member: ["list", "read"],
  robot: ["list", "read"],
  "tag-retention": crud,
  "immutable-tag": crud,
  "notification-policy": crud,
  metadata: crud,
  label: crud,
};

/** The rights of a member by role; a project admin (1) has all. */
const roles: Readonly<Record<number, Readonly<Record<string, readonly string[]>>>> = {
  2: { ...developer, member: ["list", "read"] },
  3: { ...reader, member: ["list", "read"] },
  4: maintainer,
  5: { project: ["read"], repository: ["read", "pull", "list"], artifact: ["read", "list"], tag: ["list"] },
};

export const roleNames: Readonly<Record<number, string>> = {
  1: "projectAdmin",
  2: "developer",
  3: "guest",
  4: "maintainer",
  5: "limitedGuest",
};

/** Whether a role has a right in its project. */
export function roleAllows(roleId: number, resource: string, action: string): boolean {
  if (roleId === 1) return true;
  return roles[roleId]?.[resource]?.includes(action) ?? false;
}

/** What everybody may do in a public project, logged in or not. */
export function publicAllows(resource: string, action: string): boolean {
  return (
    (resource === "project" && action === "read") ||
    (resource === "repository" && ["read", "list", "pull"].includes(action)) ||
    (resource === "artifact" && ["read", "list"].includes(action))
  );
}
