import { describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

const gitlab = { url: "https://gitlab.example.com", parent: "platform/tenants" };
const people = { clusterAdmins: "platform-admins", systemApprovers: "platform-leads", developers: "engineering" };

const members = [
  { username: "una", id: 7 },
  { username: "ben", id: 8 },
];
const team = tenant("team-a", { access: { owners: { group: "shop-leads", members } } });

/** A stack's settings with one way to tell GitLab who is in a role. */
const told = (membership: string, server: object = {}) =>
  settings({ gitlab: { ...gitlab, ...server }, access: { ...people, membership } });

const raise = (own: ReturnType<typeof settings>): Promise<readonly Registration[]> =>
  record(() => new Estate("acme", { plan: plan([team], own), access }, {}));

/** What is made below the tenant's role groups, with what it is made from; the groups' own numbers are told apart only. */
async function made(membership: string, server: object = {}): Promise<Record<string, unknown>> {
  const resources = await raise(told(membership, server));
  const inRoles = resources.filter(({ name }) => /^gitlab\/team-a\/roles\/[a-z]+\//.test(name));
  return Object.fromEntries(
    inRoles.map(({ type, name, inputs }) => [
      `${type.split(":")[2] ?? ""} ${name.replace("gitlab/team-a/roles/", "")}`,
      unwrap(inputs),
    ]),
  );
}

describe("who is in a role, for GitLab", () => {
  it("is nobody's business here, unless the settings say so", async () => {
    expect(await made("external")).toEqual({});
  });

  it("is whom the tenant's file lists", async () => {
    expect(await made("listed")).toEqual({
      "GroupMembership owners/una": { groupId: expect.any(Number), userId: 7, accessLevel: "maintainer" },
      "GroupMembership owners/ben": { groupId: expect.any(Number), userId: 8, accessLevel: "maintainer" },
    });
  });

  it("is a SAML group: the role's own, by its name or by the default one", async () => {
    const link = { group: expect.stringMatching(/^\d+$/) };
    expect(await made("saml", { edition: "ee" })).toEqual({
      "GroupSamlLink owners/saml": { ...link, samlGroupName: "shop-leads", accessLevel: "maintainer" },
      "GroupSamlLink developers/saml": { ...link, samlGroupName: "team-a-developers", accessLevel: "developer" },
      "GroupSamlLink operations/saml": { ...link, samlGroupName: "team-a-operations", accessLevel: "reporter" },
    });
  });

  it("is an LDAP group, of the server's main directory or the one that the settings name", async () => {
    const link = { group: expect.stringMatching(/^\d+$/), ldapProvider: "ldapmain" };
    expect(await made("ldap", { edition: "ee" })).toEqual({
      "GroupLdapLink owners/ldap": { ...link, cn: "shop-leads", groupAccess: "maintainer" },
      "GroupLdapLink developers/ldap": { ...link, cn: "team-a-developers", groupAccess: "developer" },
      "GroupLdapLink operations/ldap": { ...link, cn: "team-a-operations", groupAccess: "reporter" },
    });
    const other = await made("ldap", { edition: "ee", ldapProvider: "ldapsecondary" });
    expect(other["GroupLdapLink owners/ldap"]).toMatchObject({ ldapProvider: "ldapsecondary" });
  });

  it("is told of each role's own group, and of no group twice", async () => {
    const links = Object.values(await made("saml", { edition: "ee" })) as { readonly group: string }[];
    expect(new Set(links.map(({ group }) => group)).size).toBe(3);
  });
});

describe("a branch's protection", () => {
  const protections = async (edition: string): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      (await raise(told("external", { edition })))
        .filter(({ type, name }) => type.endsWith(":BranchProtection") && name.startsWith("gitlab/team-a/"))
        .map(({ name, inputs }) => [name, unwrap(inputs)]),
    );

  it("is one level each in the free edition, and lists in the licensed one", async () => {
    const main = { branch: "main", allowForcePush: false, project: expect.any(String) };
    expect(await protections("ce")).toEqual({
      "gitlab/team-a/ops-dev-main": { ...main, pushAccessLevel: "developer", mergeAccessLevel: "developer" },
      "gitlab/team-a/ops-prod-main": { ...main, pushAccessLevel: "no one", mergeAccessLevel: "maintainer" },
    });
    expect(await protections("ee")).toEqual({
      "gitlab/team-a/ops-dev-main": {
        ...main,
        allowedToPushes: [{ accessLevel: "developer" }],
        allowedToMerges: [{ accessLevel: "developer" }],
      },
      "gitlab/team-a/ops-prod-main": {
        ...main,
        allowedToPushes: [{ accessLevel: "no one" }],
        allowedToMerges: [{ accessLevel: "maintainer" }],
      },
    });
  });
});
