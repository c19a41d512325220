import { describe, expect, it } from "vitest";
import { currentOf, generationsOf } from "../../model/home";
import { credentialEnds } from "../../plan/credentials";
import { dueBy } from "../../scripts/estate/credentials";
import { plan, settings, tenant } from "../support/fixtures";

const said = (change: object = {}) => settings({ credentials: { issued: "2026-11-01", ...change } });
const facts = (change?: object) => plan([tenant("team-a")], said(change)).estate.credentials;
const days = (change?: object, of?: string): string[] => generationsOf(facts(change), of).map(({ issued }) => issued);

describe("generations of credentials", () => {
  it("are one where nothing was rotated, and its resources have the names that they always had", () => {
    expect(facts().generations).toEqual([
      { issued: "2026-11-01", expires: "2027-11-01", serial: 20_261_101, mark: "" },
    ]);
  });

  it("are the newest and the one before it, whatever the order of the days", () => {
    expect(days({ rotate: { all: ["2026-12-10"] } })).toEqual(["2026-11-01", "2026-12-10"]);
    expect(days({ rotate: { all: ["2027-01-20", "2026-12-10"] } })).toEqual(["2026-12-10", "2027-01-20"]);
    // The days before the last two may be removed.
    expect(days({ rotate: { all: ["2026-12-10", "2027-01-20", "2027-03-01"] } })).toEqual(
      days({ rotate: { all: ["2027-01-20", "2027-03-01"] } }),
    );
    const { mark, expires } = currentOf(facts({ rotate: { all: ["2026-12-10"] } }).generations);
    expect({ mark, expires }).toEqual({ mark: "-20261210", expires: "2027-12-10" });
  });

  it("are one tenant's own where it was rotated by itself, and others' stay as they are", () => {
    const change = { rotate: { tenants: { "team-a": ["2026-12-10"] } } };
    expect(days(change, "team-a")).toEqual(["2026-11-01", "2026-12-10"]);
    expect(days(change, "team-ab")).toEqual(["2026-11-01"]);
    // No name of a tenant is taken for what every object has.
    expect(days(change, "constructor")).toEqual(["2026-11-01"]);
    const both = { rotate: { all: ["2026-12-24"], tenants: { "team-a": ["2026-12-10"] } } };
    expect(days(both, "team-a")).toEqual(["2026-12-10", "2026-12-24"]);
    expect(days(both, "team-ab")).toEqual(["2026-11-01", "2026-12-24"]);
  });

  it("end at once when they are revoked, and the newest never does", () => {
    const rotate = { all: ["2026-12-10"] };
    expect(days({ rotate, revoked: "2026-10-31" })).toEqual(["2026-11-01", "2026-12-10"]);
    expect(days({ rotate, revoked: "2026-11-01" })).toEqual(["2026-12-10"]);
    expect(days({ rotate, revoked: "2026-12-31" })).toEqual(["2026-12-10"]);
  });

  it("begin anew with a later day of issue", () => {
    expect(days({ issued: "2027-01-01", rotate: { all: ["2026-12-10"] } })).toEqual(["2027-01-01"]);
  });

  it("are due by half of the shorter life, or as the settings say", () => {
    const due = (change: object, day: string): number =>
      dueBy(credentialEnds(plan([tenant("team-a")], said(change))), day).length;
    expect([due({}, "2026-12-15"), due({}, "2026-12-16")]).toEqual([0, 6]);
    expect([due({ rotateDays: 10 }, "2026-11-10"), due({ rotateDays: 10 }, "2026-11-11")]).toEqual([0, 6]);
    // Those that were rotated are not to be rotated again; they are told with their own end.
    const rotate = { all: ["2026-12-10"] };
    expect([due({ rotate }, "2027-01-23"), due({ rotate }, "2027-01-24")]).toEqual([0, 6]);
    expect(credentialEnds(plan([tenant("team-a")], said({ rotate })))).toHaveLength(12);
    expect(credentialEnds(plan([tenant("team-a")], said({ rotate })))[0]).toEqual({
      tenant: "team-a",
      credential: "robot ci of registry project acme-team-a, rotated, of 2026-11-01",
      ends: "2027-01-30",
    });
  });
});
