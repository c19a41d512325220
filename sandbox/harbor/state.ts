import { isRecord } from "@estate/clients";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { defaultSettings, type SettingValue } from "./settings";

/** Times are ISO texts, ids are Harbor's numbers; `-1` is Harbor's word for "no limit" and "never". */
export interface Project {
  readonly id: number;
  readonly name: string;
  readonly registryId: number | null;
  metadata: Record<string, string>;
  cveAllowlist: readonly string[];
  readonly created: string;
  updated: string;
}

/** A project's limit of storage in bytes. */
export interface Quota {
  readonly id: number;
  readonly projectId: number;
  storage: number;
}

/** Access by a person or a group of the identity provider. */
export interface Member {
  readonly id: number;
  readonly projectId: number;
  readonly entity: { readonly type: "u" | "g"; readonly id: number };
  roleId: number;
}

export interface Access {
  readonly resource: string;
  readonly action: string;
  readonly effect?: string;
}

/** What a robot may do: in one project (by id, so that a later project of the same name is another), in all, or in the system. */
export interface RobotPermission {
  readonly scope: { readonly projectId: number } | "all-projects" | "system";
  readonly access: readonly Access[];
}

export interface HashedSecret {
  readonly salt: string;
  readonly hash: string;
}

export interface Robot {
  readonly id: number;
  /** Without the configured prefix: `<project>+<name>`, or `<name>` at system level. */
  readonly name: string;
  readonly level: "project" | "system";
  /** The project of one at project level. */
  readonly projectId: number | null;
  description: string;
  /** Days. */
  duration: number;
  /** Seconds since 1970. */
  expiresAt: number;
  disabled: boolean;
  permissions: readonly RobotPermission[];
  secret: HashedSecret;
  readonly created: string;
  updated: string;
}

export interface User {
  readonly id: number;
  readonly username: string;
  email: string;
  realname: string;
  comment: string;
  sysadmin: boolean;
  /** The admin's own is in a file of the sandbox. */
  password: HashedSecret | null;
  readonly created: string;
  updated: string;
}

export interface UserGroup {
  readonly id: number;
  name: string;
  /** 1 ldap, 2 http, 3 oidc. */
  readonly type: number;
  readonly ldapGroupDn: string;
}

/** One doublestar pattern with what it decides. */
export interface Selector {
  readonly kind: string;
  readonly decoration: string;
  readonly pattern: string;
  readonly extras?: string;
}

export interface RuleBody {
  readonly action: string;
  readonly template: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly disabled: boolean;
  readonly tagSelectors: readonly Selector[];
  readonly scopeSelectors: Readonly<Record<string, readonly Selector[]>>;
}

export interface ImmutableRule extends RuleBody {
  readonly id: number;
  readonly projectId: number;
}

export interface Retention {
  readonly id: number;
  readonly projectId: number;
  algorithm: string;
  trigger: Readonly<Record<string, unknown>>;
  rules: readonly RuleBody[];
}

export interface Label {
  readonly id: number;
  name: string;
  description: string;
  color: string;
  readonly scope: "g" | "p";
  readonly projectId: number;
}

export interface Registry {
  readonly id: number;
  name: string;
  readonly type: string;
  url: string;
  description: string;
  insecure: boolean;
  accessKey: string;
  accessSecret: string;
  readonly created: string;
  updated: string;
}

export interface Webhook {
  readonly id: number;
  readonly projectId: number;
  name: string;
  description: string;
  enabled: boolean;
  eventTypes: readonly string[];
  targets: readonly Readonly<Record<string, unknown>>[];
  readonly created: string;
  updated: string;
}

/** A manifest that was pushed, with the size of each blob it needs: what a quota counts. */
export interface Artifact {
  readonly digest: string;
  readonly mediaType: string;
  readonly pushed: string;
  readonly blobs: Readonly<Record<string, number>>;
  tags: string[];
}

export interface Repository {
  readonly id: number;
  /** Whole: `<project>/<repository>`. */
  readonly name: string;
  readonly projectId: number;
  readonly created: string;
  updated: string;
  artifacts: Artifact[];
}

/** All that the stand-in remembers. */
export interface HarborState {
  /** The last id given, by kind. */
  readonly ids: Record<string, number>;
  projects: Project[];
  quotas: Quota[];
  members: Member[];
  robots: Robot[];
  users: User[];
  groups: UserGroup[];
  immutableRules: ImmutableRule[];
  retentions: Retention[];
  labels: Label[];
  registries: Registry[];
  webhooks: Webhook[];
  repositories: Repository[];
  readonly schedules: Record<string, Readonly<Record<string, unknown>>>;
  readonly settings: Record<string, SettingValue>;
  systemCveAllowlist: Readonly<Record<string, unknown>>;
}

/** The state in memory and its file. */
export class Store {
  readonly state: HarborState;

  constructor(
    private readonly file: string,
    now: Date,
  ) {
    this.state = read(file) ?? freshState(now);
    this.save();
  }

  /** The next id of a kind; none is ever given twice. */
  nextId(kind: string): number {
    return (this.state.ids[kind] = (this.state.ids[kind] ?? 0) + 1);
  }

  /** Writes whole or not at all. It is called before a change is answered, so a killed process forgets nothing it promised. */
  save(): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const draft = `${this.file}.draft`;
    writeFileSync(draft, JSON.stringify(this.state), { mode: 0o600 });
    renameSync(draft, this.file);
  }
}

function read(file: string): HarborState | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !Array.isArray(value["projects"])) throw new Error(`${file} is not the stand-in's state`);
  // Only `save` writes this file.
  return value as unknown as HarborState;
}

/** A fresh Harbor has the user `admin` and the public project `library`, so nobody else's first project has id 1. */
function freshState(now: Date): HarborState {
  const at = now.toISOString();
  const library: Project = {
    id: 1,
    name: "library",
    registryId: null,
    metadata: { public: "true" },
    cveAllowlist: [],
    created: at,
    updated: at,
  };
  const admin: User = {
    id: 1,
    username: "admin",
    email: "admin@example.com",
    realname: "system admin",
    comment: "",
    sysadmin: true,
    password: null,
    created: at,
    updated: at,
  };
  return {
    ids: { project: 1, quota: 1, member: 1, user: 1 },
    projects: [library],
    quotas: [{ id: 1, projectId: 1, storage: -1 }],
    members: [{ id: 1, projectId: 1, entity: { type: "u", id: 1 }, roleId: 1 }],
    robots: [],
    users: [admin],
    groups: [],
    immutableRules: [],
    retentions: [],
    labels: [],
    registries: [],
    webhooks: [],
    repositories: [],
    schedules: {},
    settings: { ...defaultSettings },
    systemCveAllowlist: { items: [], expires_at: null },
  };
}
