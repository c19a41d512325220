import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ecrHost,
  lifecycleRules,
  pullPolicy,
  pushPolicy,
  pushRoleName,
  pushTrust,
  repositoryPattern,
  scanPolicy,
} from "../../../model/aws/images";
import { eksNameLength, roleName, rolePurposes } from "../../../model/aws/names";
import type { PolicyDocument } from "../../../model/aws/policy";
import {
  applicationNamePattern,
  clusterNamePattern,
  estateNamePattern,
  imageFolder,
  tenantNamePattern,
} from "../../../model/names";

const place = { region: "eu-central-1", account: "111122223333" };
const estate = fc.stringMatching(estateNamePattern);
const tenant = fc.stringMatching(tenantNamePattern).filter(({ length }) => length <= 30);
const application = fc
  .stringMatching(clusterNamePattern)
  .filter((name) => name.length <= 60 && applicationNamePattern.test(name));

/** Whether a document allows an action on a resource: stars as IAM reads them, across slashes, too. */
function allows(document: PolicyDocument, action: string, resource: string): boolean {
  const matches = (pattern: string): boolean =>
    new RegExp(
      `^${pattern
        .split("*")
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*")}$`,
    ).test(resource);
  return document.Statement.some(
    ({ Effect, Action, Resource = [] }) => Effect === "Allow" && Action.includes(action) && Resource.some(matches),
  );
}

const repositoryArn = (name: string): string => `arn:aws:ecr:eu-central-1:111122223333:repository/${name}`;

describe("images in ECR", () => {
  it("have names that ECR takes", () => {
    fc.assert(
      fc.property(estate, tenant, application, (name, owner, app) => {
        const whole = `${imageFolder("ecr", name, owner)}/${app}`;
        expect(whole).toMatch(repositoryPattern);
        expect(`${whole}/${app}`).toMatch(repositoryPattern);
      }),
    );
  });

  it("are pushed into by their tenant's pipelines, and by no other tenant's or estate's", () => {
    fc.assert(
      fc.property(estate, tenant, tenant, estate, application, (name, owner, other, stranger, app) => {
        const policy = pushPolicy(place, name, owner);
        const may = (whose: string, in_: string): boolean =>
          allows(policy, "ecr:PutImage", repositoryArn(`${imageFolder("ecr", in_, whose)}/${app}`));
        expect(may(owner, name)).toBe(true);
        if (other !== owner) expect(may(other, name)).toBe(false);
        if (stranger !== name) expect(may(owner, stranger)).toBe(false);
      }),
    );
  });

  it.each([
    ["team-a", "team-ab"],
    ["team", "team-a"],
  ])("of %s are not those of %s", (owner, other) => {
    expect(allows(pushPolicy(place, "acme", owner), "ecr:PutImage", repositoryArn(`acme/${other}/web`))).toBe(false);
  });

  it("are deleted by nobody who pushes, and neither by who looks", () => {
    for (const policy of [pushPolicy(place, "acme", "team-a"), scanPolicy(place, "acme")])
      for (const action of policy.Statement.flatMap(({ Action }) => Action))
        expect(action).not.toMatch(/Delete|Create|Set|\*/);
    expect(allows(scanPolicy(place, "acme"), "ecr:PutImage", repositoryArn("acme/team-a/web"))).toBe(false);
  });

  it("are pushed as a role whose name fits, and is no role of a cluster", () => {
    const cluster = fc.stringMatching(clusterNamePattern).filter(({ length }) => length <= eksNameLength);
    fc.assert(
      fc.property(estate, tenant, cluster, fc.constantFrom(...rolePurposes), (name, owner, own, purpose) => {
        expect(pushRoleName(name, owner)).toMatch(/^[\w+=,.@-]{1,64}$/);
        expect(pushRoleName(name, owner)).not.toBe(roleName(name, own, purpose));
      }),
    );
  });

  it("are pushed by exactly the projects that are named, in any order alike", () => {
    fc.assert(
      fc.property(fc.uniqueArray(application, { minLength: 1, maxLength: 8 }), (apps) => {
        const projects = apps.map((app) => `acme/team-a/${app}`);
        const issuer = "https://gitlab.example.com";
        const trust = pushTrust({ place, issuer }, projects);
        expect(trust).toEqual(pushTrust({ place, issuer }, [...projects].reverse()));
        const [statement] = trust.Statement;
        expect(Object.keys(statement?.Condition ?? {})).toEqual(["StringEquals"]);
        const subjects = statement?.Condition?.["StringEquals"]?.["gitlab.example.com:sub"];
        expect(new Set(subjects)).toEqual(
          new Set(projects.map((project) => `project_path:${project}:ref_type:branch:ref:main`)),
        );
        expect(JSON.stringify(trust)).not.toContain("*");
      }),
    );
  });

  it("are pulled by roles that are named, of the accounts that they are of", () => {
    const nodes = ["arn:aws:iam::444455556666:role/nodes", "arn:aws:iam::111122223333:role/acme-dev-nodes"];
    expect(pullPolicy(place, [...nodes, ...nodes]).Statement).toMatchObject([
      {
        Principal: { AWS: ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"] },
        Condition: { ArnEquals: { "aws:PrincipalArn": [...nodes].sort() } },
      },
    ]);
  });

  it("go when they have no tag, and when newer ones are enough; the rule for any image comes last", () => {
    const { rules } = lifecycleRules(30, 7) as { readonly rules: readonly Record<string, unknown>[] };
    expect(rules.map(({ selection }) => selection)).toEqual([
      { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 },
    ]);
  });

  it.each([
    ["eu-central-1", "111122223333.dkr.ecr.eu-central-1.amazonaws.com"],
    ["cn-north-1", "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn"],
  ])("of %s are at %s", (region, host) => expect(ecrHost({ ...place, region })).toBe(host));
});
