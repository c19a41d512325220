import { describe, expect, it } from "vitest";
import * as images from "../../../model/aws/images";
import * as policies from "../../../model/aws/policies";
import { policyText, type PolicyDocument, type Statement } from "../../../model/aws/policy";
import * as program from "../../../model/aws/program-policy";
import * as tenants from "../../../model/aws/tenant-policies";
import * as trust from "../../../model/aws/trust";

const place = { region: "eu-central-1", account: "111122223333" };
const key = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000";
const root = "arn:aws:iam::111122223333:root";
const role = "arn:aws:iam::111122223333:role/ci";
const cluster = "arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev";

/** Every document that the model writes, by the function that writes it. */
const documents: Readonly<Record<string, PolicyDocument>> = {
  dnsPolicy: policies.dnsPolicy(place, ["Z1"]),
  certificatePolicy: policies.certificatePolicy(place, ["Z1", "Z2"]),
  secretsPolicy: policies.secretsPolicy(place, "acme", "dev", key),
  unsealPolicy: policies.unsealPolicy(key),
  backupPolicy: policies.backupPolicy(place, "acme-dev", { bucket: "acme-backups", folder: "dev" }),
  logsPolicy: policies.logsPolicy(place, "acme-dev"),
  assumePolicy: policies.assumePolicy([role]),
  flowLogPolicy: policies.flowLogPolicy(place, "/estate/acme-dev/flow"),
  describeClusterPolicy: policies.describeClusterPolicy([cluster]),
  objectsPolicy: policies.objectsPolicy(place, ["acme-111122223333-gitlab-lfs", "acme-111122223333-gitlab-tmp"]),
  bucketPolicy: policies.bucketPolicy(place, "acme-111122223333-gitlab-lfs"),
  keyPolicy: policies.keyPolicy(place, root, [role]),
  tenantBoundary: tenants.tenantBoundary(place, "acme"),
  tenantRoleMakerPolicy: tenants.tenantRoleMakerPolicy(place, "acme", "team-a"),
  "programPolicies.network": program.programPolicies(place, "acme").network,
  "programPolicies.clusters": program.programPolicies(place, "acme").clusters,
  "programPolicies.data": program.programPolicies(place, "acme").data,
  "programPolicies.images": program.programPolicies(place, "acme").images,
  pushPolicy: images.pushPolicy(place, "acme", "team-a"),
  scanPolicy: images.scanPolicy(place, "acme"),
  pullPolicy: images.pullPolicy(place, [role, "arn:aws:iam::444455556666:role/nodes"]),
  pushTrust: images.pushTrust({ place, issuer: "https://gitlab.example.com" }, ["acme/team-a/web"]),
  statePolicy: program.statePolicy(place, { bucket: "acme-state", key }),
  clusterTrust: trust.clusterTrust(),
  nodeTrust: trust.nodeTrust(),
  podTrust: trust.podTrust(place, { cluster, namespace: "external-dns", serviceAccount: "external-dns" }),
  deployerTrust: trust.deployerTrust([role]),
  callerTrust: trust.callerTrust(place, [role]),
  flowLogTrust: trust.flowLogTrust(place),
  webIdentityTrust: trust.webIdentityTrust({
    provider: "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0",
    issuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/0",
    namespace: "gitlab",
    serviceAccounts: ["gitlab-sidekiq", "gitlab-webservice"],
  }),
};

const statements = Object.entries(documents).flatMap(([name, { Statement: list }]) =>
  list.map((statement): [string, Statement] => [`${name} ${statement.Sid}`, statement]),
);

/** What is in an ARN behind its fifth colon: the resource itself. */
const resourcePart = (arn: string): string => arn.split(":").slice(5).join(":");

describe("every policy", () => {
  it("is in this test", () => {
    const writers = [images, policies, program, tenants, trust].flatMap((module) =>
      Object.entries(module).flatMap(([name, value]) =>
        /(Policy|Policies|Boundary|Trust)$/.test(name) && typeof value === "function" ? [name] : [],
      ),
    );
    const told = new Set(Object.keys(documents).map((name) => name.split(".")[0]));
    expect(writers.sort()).toEqual([...told].sort());
  });

  it.each(statements)("%s allows named actions only", (_name, { Effect, Action }) => {
    // A refusal of all that a service has leaves nothing out.
    const named = Action.filter((action) => Effect === "Allow" || action !== "s3:*");
    for (const action of named) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
  });

  it.each(statements)("%s names resources, unless the API knows none", (name, { Action, Resource }) => {
    // Of a trust the resource is the role itself, of a repository's policy the repository.
    if (/Trust |^pullPolicy /.test(name)) expect(Resource).toBeUndefined();
    else expect(Resource?.length, name).toBeGreaterThan(0);
    if (Resource?.includes("*") === true)
      expect(
        Action.filter(
          (action) =>
            !Object.hasOwn(policies.actionsWithoutResource, action) &&
            !(program.looks as readonly string[]).includes(action),
        ),
      ).toEqual([]);
  });

  it.each(statements)("%s has a separator before every star, so that no name opens another's", (_name, statement) => {
    for (const resource of (statement.Resource ?? []).filter((each) => each !== "*")) {
      // `acme-*` in a refusal takes more, not less.
      if (statement.Effect === "Deny") continue;
      const own = resourcePart(resource);
      // No other name of a role has a dot: what is behind it is the tenant.
      if (own === "role/acme-ci.*") continue;
      const stars = [...own.matchAll(/(.?)\*/g)].map(([, before]) => before);
      // An estate's name has no hyphen, so no other estate's begins with it.
      const separators = ["/", ":", "", ...(/[/:]acme-\*$/.test(own) || /^acme-\*(\/\*)?$/.test(own) ? ["-"] : [])];
      expect(
        stars.filter((before) => !separators.includes(before ?? "")),
        resource,
      ).toEqual([]);
      // A whole service of the account only for what carries the tenant's tag.
      if (resourcePart(resource) === "*") expect(JSON.stringify(statement.Condition)).toContain("estate:tenant");
    }
  });

  it.each(Object.entries(documents))("%s fits in what AWS takes", (name, policy) => {
    // A managed policy 6,144 characters, a role's trust 2,048 by default.
    expect(policyText(policy).length).toBeLessThan(name.endsWith("Trust") ? 2048 : 6144);
  });

  it.each(Object.entries(documents))("%s has distinct names of statements", (_name, { Statement: list }) => {
    expect(new Set(list.map(({ Sid }) => Sid)).size).toBe(list.length);
    for (const { Sid } of list) expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
  });

  it.each(["aws-cn", "aws-us-gov"])("stays in its partition: %s", (partition) => {
    const there = { ...place, region: partition === "aws-cn" ? "cn-north-1" : "us-gov-west-1" };
    const texts = [
      policies.dnsPolicy(there, ["Z1"]),
      policies.backupPolicy(there, "acme-dev", { bucket: "b", folder: "f" }),
      policies.objectsPolicy(there, ["b"]),
      policies.bucketPolicy(there, "b"),
      program.programPolicies(there, "acme").data,
      tenants.tenantBoundary(there, "acme"),
      tenants.tenantRoleMakerPolicy(there, "acme", "team-a"),
    ].map(policyText);
    for (const text of texts) expect(text).not.toContain('"arn:aws:');
    expect(texts.join("")).toContain(`"arn:${partition}:`);
  });
});

describe("what is trusted", () => {
  it("is one ServiceAccount of one cluster for a pod's identity", () => {
    expect(policyText(documents["podTrust"] ?? trust.nodeTrust())).toBe(
      '{"Version":"2012-10-17","Statement":[{"Sid":"Pods","Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},' +
        '"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333",' +
        '"aws:RequestTag/kubernetes-namespace":"external-dns","aws:RequestTag/kubernetes-service-account":"external-dns"},' +
        '"ArnEquals":{"aws:SourceArn":"arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev"}}}]}',
    );
  });

  it("is nobody by a star", () => {
    const allowed = statements.filter(([, { Effect }]) => Effect === "Allow");
    for (const [name, { Principal }] of allowed) expect(JSON.stringify(Principal ?? ""), name).not.toContain("*");
  });
});

describe("a bucket", () => {
  it("refuses everybody who speaks to it in clear", () => {
    expect(documents["bucketPolicy"]?.Statement).toEqual([
      {
        Sid: "EncryptedOnTheWay",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: ["s3:*"],
        Resource: ["arn:aws:s3:::acme-111122223333-gitlab-lfs", "arn:aws:s3:::acme-111122223333-gitlab-lfs/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });
});

describe("a tenant's roles", () => {
  it("lie in a folder that no other tenant's name begins", () => {
    const paths = ["team-a", "team-ab"].map((tenant) => tenants.tenantPath("acme", tenant));
    expect(paths[1]?.startsWith(paths[0] ?? "")).toBe(false);
  });

  it("are made inside the boundary alone", () => {
    const making = documents["tenantRoleMakerPolicy"]?.Statement.filter(
      ({ Effect, Action }) => Effect === "Allow" && Action.includes("iam:CreateRole"),
    );
    expect(making).toHaveLength(1);
    expect(making?.[0]?.Condition).toEqual({
      StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/acme-tenant-boundary" },
    });
  });
});
