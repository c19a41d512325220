import { describe, expect, it } from "vitest";
import { loginEnd } from "../../scripts/doctor/cluster";
import { clockProblems, lifeProblems } from "../../scripts/doctor/finding";
import { lackingCapabilities, neededCapabilities } from "../../scripts/doctor/vault";
import { plan, tenant } from "../support/fixtures";

const now = Date.parse("2026-11-21T12:00:00Z");

describe("clocks", () => {
  it.each([
    [undefined, []],
    ["no date", []],
    ["Sat, 21 Nov 2026 12:01:00 GMT", []],
    ["Sat, 21 Nov 2026 12:01:01 GMT", ["its clock is 61 s ahead of this machine's"]],
    ["Sat, 21 Nov 2026 11:50:00 GMT", ["its clock is 600 s behind this machine's"]],
  ])("%s", (date, causes) => {
    expect(clockProblems("x", date, now).map(({ cause }) => cause)).toEqual(causes);
  });
});

describe("a login's end", () => {
  it.each([
    [undefined, []],
    ["2026-12-06T00:00:00Z", []],
    ["2026-12-05T00:00:00Z", ["warning: the token ends on 2026-12-05"]],
    ["2026-11-21T00:00:00Z", ["error: the token ended on 2026-11-21"]],
  ])("%s", (ends, told) => {
    const found = lifeProblems("F035", "x", "the token", ends === undefined ? undefined : new Date(ends), now);
    expect(found.map(({ severity, cause }) => `${severity}: ${cause}`)).toEqual(told);
  });

  it("is read from a token that tells it, and from no other", () => {
    const claims = Buffer.from(JSON.stringify({ exp: now / 1000 })).toString("base64url");
    const config = (token: string): string => JSON.stringify({ users: [{ user: { token } }] });
    expect(loginEnd(config(`x.${claims}.y`))?.getTime()).toBe(now);
    expect(loginEnd(config("opaque"))).toBeUndefined();
    expect(loginEnd("{}")).toBeUndefined();
  });
});

describe("rights in Vault", () => {
  const needed = neededCapabilities(plan([tenant("team-a")]));
  const all = Object.fromEntries([...needed].map(([path, wanted]) => [path, wanted]));

  it("are enough where each path has what it needs, or the token is root", () => {
    expect(lackingCapabilities(needed, all)).toEqual([]);
    expect(lackingCapabilities(needed, Object.fromEntries([...needed.keys()].map((path) => [path, ["root"]])))).toEqual(
      [],
    );
  });

  it("are told by path and capability where one is missing", () => {
    expect(
      lackingCapabilities(needed, { ...all, "sys/auth/acme-dev": ["update"], "sys/mounts/acme": ["deny"] }),
    ).toEqual(["sys/mounts/acme (update)", "sys/auth/acme-dev (sudo)"]);
  });
});
