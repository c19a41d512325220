import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { textOr } from "../../sandbox/doubles/framework/bridge/fields";
import { GitLabApi } from "../../sandbox/doubles/gitlab/api";
import type { JsonMap } from "../../sandbox/doubles/framework/value";
import { TestProject } from "../support/project";

// What only a licensed GitLab has, raised by the program itself: links to groups of others, and lists of who may push.

let project: TestProject;
let gitlab: GitLabApi;

const asWhom = (token: string): GitLabApi =>
  new GitLabApi({ base: `${project.sandbox.gitlab.url}/api/v4/`, token, headers: {}, pause: 50 });

beforeAll(async () => {
  project = await TestProject.start({ gitlabEdition: "ee" });
  project.settings("parent: acme/tenants", "parent: acme/tenants\n    edition: ee");
  project.settings("developers: engineering", "developers: engineering\n    membership: saml");
  project.tenant("team-a", 'access: { owners: { group: "/shop/leads" } }');
  gitlab = asWhom(project.sandbox.gitlab.token);
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  await project.end();
});

const roles = ["owners", "developers", "operations"] as const;
const group = (role: string): string => `groups/${encodeURIComponent(`acme/tenants/team-a/roles/${role}`)}`;
const repository = (name: string): string => `projects/${encodeURIComponent(`acme/tenants/team-a/${name}`)}`;

/** The links of each role's group: a group without LDAP links has no list of them. */
async function links(kind: "saml" | "ldap"): Promise<Record<string, readonly JsonMap[]>> {
  const listed = roles.map(async (role): Promise<[string, JsonMap[]]> => [
    role,
    await gitlab.list(`${group(role)}/${kind}_group_links`).catch(() => []),
  ]);
  return Object.fromEntries(await Promise.all(listed));
}

const none = { owners: [], developers: [], operations: [] };

async function isSettled(): Promise<void> {
  await project.succeed("preview", "--refresh", "--expect-no-changes");
}

describe("branches of a licensed GitLab", () => {
  const levels = async (name: string): Promise<unknown> => {
    const { push_access_levels: push, merge_access_levels: merge } = await gitlab.get(
      `${repository(name)}/protected_branches/main`,
    );
    return { push, merge };
  };
  const only = (level: number) => [{ access_level: level, user_id: null, group_id: null }];

  it("are protected by lists: nobody pushes to what is gated, and only owners merge there", async () => {
    expect(await levels("ops-dev")).toMatchObject({ push: only(30), merge: only(30) });
    expect(await levels("ops-prod")).toMatchObject({ push: only(0), merge: only(40) });
    await isSettled();
  });

  it("hold people to it", async () => {
    const user = await gitlab.post("users", {
      username: "una",
      name: "Una",
      email: "una@example.com",
      force_random_password: true,
    });
    // What the next sign-in or synchronisation would do.
    await gitlab.post(`${group("owners")}/members`, { user_id: user["id"] ?? 0, access_level: 40 });
    const made = await gitlab.post(`users/${Number(user["id"])}/personal_access_tokens`, {
      name: "t",
      scopes: ["api"],
    });
    const una = asWhom(textOr(made, "token", ""));
    const change = { branch: "main", content: "x", commit_message: "by hand" };
    await una.post(`${repository("ops-dev")}/repository/files/by-hand`, change);
    await expect(una.post(`${repository("ops-prod")}/repository/files/by-hand`, change)).rejects.toThrow(
      /not allowed to push/,
    );
  });

  it("are closed again after somebody opened them", async () => {
    const path = `${repository("ops-prod")}/protected_branches/main`;
    await gitlab.patch(path, { allowed_to_push: [{ access_level: 40 }], allow_force_push: true });
    expect(await levels("ops-prod")).not.toMatchObject({ push: only(0) });
    await project.succeed("up", "--yes", "--skip-preview", "--refresh");
    expect(await levels("ops-prod")).toMatchObject({ push: only(0), merge: only(40) });
    expect(await gitlab.get(path)).toMatchObject({ allow_force_push: false });
  });
});

describe("who is in a role", () => {
  it("is a SAML group", async () => {
    expect(await links("saml")).toMatchObject({
      owners: [{ name: "/shop/leads", access_level: 40 }],
      developers: [{ name: "team-a-developers", access_level: 30 }],
      operations: [{ name: "team-a-operations", access_level: 20 }],
    });
    expect(await links("ldap")).toEqual(none);
  });

  it("is another group when the tenant says so, and comes back when somebody removed it", async () => {
    await gitlab.delete(`${group("developers")}/saml_group_links/team-a-developers`);
    project.tenant("team-a", "access: { owners: { group: shop-leads } }");
    const inRoles = (await project.previewed()).filter((step) => step.includes(" gitlab/team-a/roles"));
    expect(inRoles).toEqual(["replace gitlab/team-a/roles/owners/saml"]);
    await project.succeed("up", "--yes", "--skip-preview", "--refresh");
    expect(await links("saml")).toMatchObject({
      owners: [{ name: "shop-leads" }],
      developers: [{ name: "team-a-developers" }],
      operations: [{ name: "team-a-operations" }],
    });
  });

  it("is an LDAP group after a change of the settings", async () => {
    project.settings("edition: ee", "edition: ee\n    ldapProvider: ldapsecondary");
    project.settings("membership: saml", "membership: ldap");
    await project.succeed("up", "--yes", "--skip-preview");
    expect(await links("ldap")).toMatchObject({
      owners: [{ cn: "shop-leads", group_access: 40, provider: "ldapsecondary" }],
      developers: [{ cn: "team-a-developers", group_access: 30, provider: "ldapsecondary" }],
      operations: [{ cn: "team-a-operations", group_access: 20, provider: "ldapsecondary" }],
    });
    expect(await links("saml")).toEqual(none);
    await isSettled();
  });

  it("is nobody's business here any more, and everything can go", async () => {
    project.settings("membership: ldap", "membership: external");
    await project.succeed("up", "--yes", "--skip-preview");
    expect(await links("ldap")).toEqual(none);
    await project.succeed("destroy", "--yes", "--skip-preview");
  });

  it("is not asked of a free GitLab: the settings are refused, and nothing is written", async () => {
    project.settings("edition: ee", "edition: ce");
    project.settings("membership: external", "membership: saml");
    const { code, output } = await project.pulumi("preview");
    expect([code === 0, output]).toEqual([false, expect.stringMatching(/P021.*"saml" needs a licensed GitLab/)]);
  });
});
