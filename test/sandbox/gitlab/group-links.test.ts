import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { person, rigOf, type Rig } from "./client";

let free: Rig;
let ee: Rig;
beforeAll(async () => {
  [free, ee] = [await rigOf(), await rigOf("ee")];
  for (const rig of [free, ee]) await rig.done("POST", "groups", { name: "top", path: "top" });
});
afterAll(async () => {
  await free.close();
  await ee.close();
});

describe("links to LDAP groups", () => {
  const at = "groups/top/ldap_group_links";
  const link = { cn: "owners", group_access: 40, provider: "ldapmain" };

  it("are no path of a free instance", async () => {
    for (const [method, body] of [["GET"], ["POST", link], ["DELETE"]] as const)
      expect([method, (await free.call(method, at, body)).status]).toEqual([method, 404]);
  });

  it("are made by name or by filter, listed, and deleted by provider and name", async () => {
    expect(await ee.call("GET", at)).toMatchObject({ status: 404, body: { message: "No linked LDAP groups found" } });
    expect(await ee.call("POST", at, link)).toMatchObject({ status: 201, body: { ...link, filter: null } });
    const byFilter = { filter: "(department=shop)", group_access: 30, provider: "ldapmain" };
    expect(await ee.call("POST", at, byFilter)).toMatchObject({ status: 201, body: { ...byFilter, cn: null } });
    expect((await ee.call("GET", at)).list).toMatchObject([link, byFilter]);

    expect(await ee.call("POST", at, { ...link, group_access: 20 })).toMatchObject({
      status: 409,
      body: { message: "Cn has already been taken" },
    });
    const elsewhere = { ...link, provider: "ldapsecondary" };
    expect((await ee.call("POST", at, elsewhere)).status).toBe(201);

    expect((await ee.call("DELETE", `${at}?cn=owners&provider=ldapmain`)).status).toBe(204);
    expect(await ee.call("DELETE", `${at}?cn=owners&provider=ldapmain`)).toMatchObject({
      status: 404,
      body: { message: "Linked LDAP group not found" },
    });
    const filter = encodeURIComponent(byFilter.filter);
    expect((await ee.call("DELETE", `${at}?filter=${filter}&provider=ldapmain`)).status).toBe(204);
    expect((await ee.call("GET", at)).list).toMatchObject([elsewhere]);
    await ee.done("DELETE", `${at}?cn=owners&provider=ldapsecondary`);
  });

  it.each<[object, RegExp]>([
    [{ group_access: 30, provider: "ldapmain" }, /cn, filter are missing/],
    [{ ...link, filter: "(a=b)" }, /cn, filter are mutually exclusive/],
    [{ ...link, group_access: 11 }, /group_access does not have a valid value/],
    [{ cn: "a", provider: "ldapmain" }, /group_access is missing/],
    [{ cn: "a", group_access: 30 }, /provider is missing/],
  ])("refuse %o", async (body, reason) => {
    expect(await ee.call("POST", at, body)).toMatchObject({ status: 400, text: expect.stringMatching(reason) });
  });

  it("are an owner's to see and to make", async () => {
    const una = await person(ee, "una");
    await ee.done("POST", "groups/top/members", { user_id: una.id, access_level: 40 });
    expect((await ee.call("GET", at, undefined, una.token)).status).toBe(403);
    expect((await ee.call("POST", at, link, una.token)).status).toBe(403);
  });

  it("keep everybody from taking somebody out of the group by hand", async () => {
    const ben = await person(ee, "ben");
    await ee.done("POST", "groups/top/members", { user_id: ben.id, access_level: 30 });
    await ee.done("POST", at, link);
    expect((await ee.call("DELETE", `groups/top/members/${String(ben.id)}`)).status).toBe(403);
    await ee.done("DELETE", `${at}?cn=owners&provider=ldapmain`);
    expect((await ee.call("DELETE", `groups/top/members/${String(ben.id)}`)).status).toBe(204);
  });
});

describe("links to SAML groups", () => {
  const at = "groups/top/saml_group_links";
  const link = { saml_group_name: "/shop/owners", access_level: 40 };

  it("are no path of a free instance", async () => {
    expect((await free.call("POST", at, link)).status).toBe(404);
  });

  it("are made once, told by name, and deleted by it", async () => {
    expect(await ee.call("POST", at, link)).toMatchObject({
      status: 201,
      body: { name: "/shop/owners", access_level: 40 },
    });
    expect(await ee.call("POST", at, link)).toMatchObject({
      status: 400,
      body: { message: "Saml group name has already been taken" },
    });
    const one = `${at}/${encodeURIComponent("/shop/owners")}`;
    expect(await ee.done("GET", one)).toMatchObject({ access_level: 40 });
    expect((await ee.call("DELETE", one)).status).toBe(204);
    expect((await ee.call("DELETE", one)).status).toBe(404);
  });
});
