import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { networksOf } from "../../plan/reach";
import { endsOf, reachedBetween, reachedText } from "../../scripts/estate/reach";
import { plan, settings, tenant } from "../support/fixtures";
import { type TemporaryProject, temporaryProject } from "../support/projects";

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => {
  project.remove();
});

const reach = (...args: readonly string[]) => project.estate("reach", ...args);

describe("estate reach", { timeout: 120_000 }, () => {
  it("tells of two tenants that the way is shut, with both ends, and ends with 3", () => {
    expect(reach("team-a/prod", "team-ab/prod", "--port", "443")).toEqual({
      status: 3,
      stdout:
        "shut on TCP 443: prod/team-a-prod -> prod/team-ab-prod: nothing lets it out of prod/team-a-prod; nothing lets it into prod/team-ab-prod\n",
      stderr: "",
    });
  });

  it("tells what is open, by which policy, and ends with 0", () => {
    const { status, stdout } = reach("team-a/prod", "203.0.113.0/24", "--json");
    expect(status).toBe(0);
    const all = { first: 1, last: 65_535, out: ["allow-internet"], into: [] };
    expect(JSON.parse(stdout)).toEqual([
      {
        from: "prod/team-a-prod",
        to: "203.0.113.0 to 203.0.113.255",
        passages: ["TCP", "UDP", "SCTP"].map((protocol) => ({ protocol, ...all })),
        shut: [],
      },
    ]);
    // Its twin without the exception.
    expect(reach("team-a/dev", "203.0.113.0/24")).toMatchObject({ status: 3 });
  });

  it.each([
    [
      ["team-a/test", "team-ab/dev"],
      '"team-a/test" is neither a tenant in an environment (payments/dev), nor a sandbox (sandbox-ada/sandbox), nor an address',
    ],
    [["team-a/dev", "10.0.0.0/40"], '"10.0.0.0/40" is neither'],
    [["10.0.0.1", "::1"], "one end at least is a tenant's"],
    [["team-a/dev", "team-ab/dev", "--port", "0"], '"0" is no port: write 1 to 65535'],
    [["team-a/dev", "team-ab/dev", "--port", "70000"], '"70000" is no port'],
    [["team-a/dev", "team-ab/dev", "--protocol", "icmp"], 'no protocol "icmp"'],
    [["team-a/dev"], "no <to>"],
  ])("%j is told in one line", (args, cause) => {
    const { status, stdout, stderr } = reach(...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`cannot read the command line: ${cause}`);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("the answer for a person", () => {
  const quota = { pods: "10" };
  const own = plan(
    [tenant("open", { profile: "open" }), tenant("shut"), tenant("virtual", { isolation: "vcluster" })],
    settings({
      profiles: {
        open: { quota, network: { allowEgressPrivateTraffic: true, allowApiserver: true } },
        standard: { quota, network: {} },
      },
    }),
  );
  const networks = networksOf(own);
  const text = (from: string, to: string): string => {
    const [one, other] = [endsOf(own, networks, from, "from"), endsOf(own, networks, to, "to")];
    if (one === undefined || other === undefined) throw new Error("no ends");
    return reachedText(reachedBetween(networks, one, other));
  };

  it("has one line for addresses beside each other for which the same holds", () => {
    expect(text("open/dev", "9.0.0.0/6").split("\n")).toEqual([
      "from          to                          open       let out by                                     let in by",
      "dev/open-dev  10.0.0.0 to 10.255.255.255  all ports  allow-apiserver, allow-egress-private-traffic  -",
      "shut: dev/open-dev -> 8.0.0.0 to 9.255.255.255: nothing lets it out of dev/open-dev",
      "shut: dev/open-dev -> 11.0.0.0 to 11.255.255.255: nothing lets it out of dev/open-dev",
    ]);
    expect(text("shut/dev", "0.0.0.0/0")).toBe(
      "shut: dev/shut-dev -> 0.0.0.0 to 255.255.255.255: nothing lets it out of dev/shut-dev",
    );
  });

  it("names the end that keeps it shut", () => {
    expect(text("open/dev", "shut/prod")).toBe(
      "shut: dev/open-dev -> prod/shut-prod: nothing lets it into prod/shut-prod",
    );
    expect(text("10.1.2.3", "open/dev")).toBe("shut: 10.1.2.3 -> dev/open-dev: nothing lets it into dev/open-dev");
  });

  it("tells the pods of a virtual cluster apart", () => {
    expect(text("virtual/dev", "10.1.2.3").split("\n")[1]).toMatch(
      /^dev\/virtual-dev \(control plane\) +10\.1\.2\.3 +TCP 443, TCP 6443 +vcluster-control-plane +-$/,
    );
  });
});
