import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

const team = (name: string) =>
  tenant(name, { applications: [{ name: "web", imageUpdates: { range: "^1.x-0" } }, { name: "worker" }] });

const raise = (credentials: object): Promise<readonly Registration[]> => {
  const own = settings({ credentials: { issued: "2026-11-01", ...credentials }, delivery: "git" });
  return record(() => new Estate("acme", { plan: plan(["team-a", "team-ab"].map(team), own), access }, {}));
};

const made = /:(ProjectDeployToken|ProjectAccessToken|RobotAccount|ProjectHook)$/;
const credentialsOf = (resources: readonly Registration[]): string[] =>
  resources.filter(({ type }) => made.test(type)).map(({ name }) => name);
const versions = (resources: readonly Registration[]): Record<string, unknown> =>
  Object.fromEntries(
    resources
      .filter(({ type }) => type.endsWith(":SecretV2"))
      .map(({ name, inputs }) => [name, inputs.dataJsonWoVersion]),
  );

describe("a rotation", () => {
  let before: readonly Registration[] = [];
  let after: readonly Registration[] = [];
  beforeAll(async () => {
    before = await raise({});
    after = await raise({ rotate: { all: ["2026-12-10"] } });
  }, 120_000);

  it("makes new ones beside all that there were, under their own names, and leaves those as they are", () => {
    const old = credentialsOf(before);
    expect(old.length).toBeGreaterThan(12);
    expect(credentialsOf(after).sort()).toEqual([...old, ...old.map((name) => `${name}-20261210`)].sort());
    const inputs = (resources: readonly Registration[], name: string): unknown => {
      const { inputs: all = {} } = resources.find((each) => each.name === name) ?? {};
      // Numbers of projects are counted anew in each recording.
      return { ...(unwrap(all) as Record<string, unknown>), project: "" };
    };
    for (const name of old) expect(inputs(after, name), name).toEqual(inputs(before, name));
    expect(inputs(after, "gitlab/team-a/ops-prod-delivery-20261210")).toMatchObject({
      expiresAt: "2027-12-10T00:00:00.000Z",
    });
    expect(inputs(after, "registry/acme-team-a-robot-ci-20261210")).toMatchObject({ name: "ci-20261210" });
  });

  it("writes what is kept in Vault anew, and makes the next one's place by taking the oldest away", async () => {
    expect(versions(before)).toMatchObject({ "vault/team-a/dev/delivery": 20_261_101 });
    const next = await raise({ rotate: { all: ["2026-12-10", "2027-01-20"] } });
    expect(versions(next)).toMatchObject({ "vault/team-a/dev/delivery": 20_270_120 });
    expect(new Set(credentialsOf(next).map((name) => /-(\d{8})$/.exec(name)?.[1]))).toEqual(
      new Set(["20261210", "20270120"]),
    );
  });

  it("of one tenant is nothing to another", async () => {
    const one = await raise({ rotate: { tenants: { "team-a": ["2026-12-10"] } } });
    const added = credentialsOf(one).filter((name) => !credentialsOf(before).includes(name));
    expect(added).not.toEqual([]);
    expect(added.filter((name) => !/^(gitlab\/team-a\/|registry\/acme-team-a-)/.test(name))).toEqual([]);
    expect(versions(one)).toMatchObject({
      "vault/team-a/ci/credentials": 20_261_210,
      "vault/team-ab/ci/credentials": 20_261_101,
    });
  });

  it("gives the receivers' hooks another token and address, beside the old", () => {
    const hooks = after
      .filter(({ type, name }) => type.endsWith(":ProjectHook") && name.startsWith("gitlab/team-a/ops-dev-hook-"))
      .map(({ inputs }) => unwrap(inputs) as { readonly url: string; readonly token: string });
    expect(hooks).toHaveLength(2);
    expect(new Set(hooks.map(({ token }) => token)).size).toBe(2);
    expect(new Set(hooks.map(({ url }) => url)).size).toBe(2);
  });
});
