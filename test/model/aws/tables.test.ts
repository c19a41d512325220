import { describe, expect, it } from "vitest";
import { accountOf, managedPolicyArn, roleArn, roleArnPattern } from "../../../model/aws/arns";
import { eksNameLength, roleName, rolePurposes } from "../../../model/aws/names";
import {
  knownRegions,
  knownZones,
  partitionOf,
  regionPattern,
  zonePattern,
  zonesWithoutControlPlane,
} from "../../../model/aws/regions";
import { eksMinors, eksVersions, supportOf, supportWarning } from "../../../model/aws/versions";

describe("regions", () => {
  it.each([
    ["eu-central-1", "aws"],
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
  ])("%s is in partition %s", (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
    const place = { region, account: "111122223333" };
    expect(managedPolicyArn(place, "AmazonEKSClusterPolicy")).toBe(
      `arn:${partition}:iam::aws:policy/AmazonEKSClusterPolicy`,
    );
    expect(roleArn(place, "tenants/a")).toMatch(roleArnPattern);
    expect(accountOf(roleArn(place, "a"))).toBe("111122223333");
  });

  it.each(knownRegions)("%s has two or three zones, all of one prefix, each fit for a control plane", (region) => {
    const zones = knownZones(region) ?? [];
    expect(region).toMatch(regionPattern);
    expect([2, 3]).toContain(zones.length);
    expect(new Set(zones.map((zone) => zone.split("-")[0])).size).toBe(1);
    for (const zone of zones) expect(zone).toMatch(zonePattern);
    expect(zones.some((zone) => zonesWithoutControlPlane.has(zone))).toBe(false);
  });

  it("that nobody knows have no zones", () => {
    expect(knownZones("toString")).toBeUndefined();
  });
});

describe("names of roles", () => {
  it("stay within IAM's 64 letters for the longest estate and cluster", () => {
    for (const purpose of rolePurposes)
      expect(roleName("a".repeat(16), "b".repeat(eksNameLength), purpose).length).toBeLessThanOrEqual(64);
  });

  it("are never those of another cluster", () => {
    for (const purpose of rolePurposes) {
      expect(purpose).toMatch(/^[a-z]+$/);
      for (const other of rolePurposes)
        expect(roleName("acme", "dev", purpose)).not.toBe(roleName("acme", `dev-${purpose}`, other));
    }
  });
});

describe("the versions of Kubernetes", () => {
  it("are all in the table, with days in order", () => {
    expect(Object.keys(eksVersions.minors)).toEqual([...eksMinors]);
    for (const minor of eksMinors) {
      const support = supportOf(minor);
      if (support !== undefined) expect(support.standardUntil < support.extendedUntil).toBe(true);
    }
  });

  it.each([
    ["2026-11-21", undefined],
    ["2027-01-26", "standard support of Kubernetes 1.35 ends on 2027-03-27"],
    ["2027-03-27", "standard support of Kubernetes 1.35 ends on 2027-03-27"],
    ["2027-03-28", "standard support of Kubernetes 1.35 ended on 2027-03-27"],
  ])("are told about in time: on %s %s", (today, told) => expect(supportWarning("1.35", today)).toBe(told));

  it("have nothing to tell while AWS has named no day", () =>
    expect(supportWarning("1.36", "2030-01-01")).toBeUndefined());
});
