import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { needs } from "../../features/needs";
import { needSecret } from "../../features/needs/need";
import type { ApplicationNeeds } from "../../model/capability";
import { clusterNamePattern, environmentNamePattern, namespaceName, tenantNamePattern } from "../../model/names";
import { planNeeds } from "../../plan/aws/needs";

const scope = { place: { region: "eu-central-1", account: "111122223333" }, estate: "a".repeat(16), protect: true };

const short = (pattern: RegExp, most: number) => fc.stringMatching(pattern).filter(({ length }) => length <= most);
const request = fc
  .record({
    tenant: short(tenantNamePattern, 30),
    environment: fc.stringMatching(environmentNamePattern),
    cluster: short(clusterNamePattern, 34),
    application: short(clusterNamePattern, 40),
    name: short(clusterNamePattern, 20),
  })
  .map(({ tenant, environment, cluster, application, name }): ApplicationNeeds => ({
    capability: "needs",
    tenant,
    environment,
    namespace: namespaceName(tenant, environment),
    cluster,
    application,
    needs: [
      { kind: "postgres", secret: needSecret(application, { kind: "postgres", name }) },
      { kind: "bucket", secret: needSecret(application, { kind: "bucket", name: `${name}-x` }) },
    ],
    by: "aws" as const,
    database: { instanceClass: "db.t4g.micro", cpu: "500m", memory: "1Gi", storageGi: 20 },
    credentials: true,
  }));

/** Every name in AWS of a request, and its paths in Vault. */
function names(of: ApplicationNeeds): { readonly aws: string[]; readonly paths: string[] } {
  const { databases, buckets, pods } = planNeeds(scope, of);
  return {
    aws: [
      ...databases.map(({ database }) => database.id),
      ...buckets.map(({ bucket }) => bucket.name),
      pods?.role.name ?? "",
    ],
    paths: [...databases, ...buckets].map(({ path }) => path),
  };
}

describe("names of what is needed", () => {
  it("are such as AWS takes, however long their parts", () => {
    fc.assert(
      fc.property(request, (own) => {
        const [database, bucket, role] = names(own).aws;
        expect(database).toMatch(/^(?=.{1,63}$)[a-z](-?[a-z0-9])*$/);
        expect(bucket).toMatch(/^(?=.{3,63}$)[a-z0-9][a-z0-9-]*[a-z0-9]$/);
        expect(role).toMatch(/^[\w+=,.@-]{1,64}$/);
      }),
    );
  });

  it("are nobody else's: neither another home's, nor another application's, nor another cluster's", () => {
    const whole = ({ cluster, namespace, needs: own }: ApplicationNeeds): string =>
      [cluster, namespace, ...own.map(({ secret }) => secret)].join("/");
    fc.assert(
      fc.property(request, request, (one, other) => {
        fc.pre(whole(one) !== whole(other) && one.application !== other.application);
        const all = [one, other].flatMap((each) => [...names(each).aws, ...names(each).paths]);
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });

  it("lie in the home's own folder of Vault", () => {
    fc.assert(
      fc.property(request, (own) => {
        for (const path of names(own).paths)
          expect(path.startsWith(`${own.tenant}/${own.environment}/needs/${own.cluster}/`)).toBe(true);
      }),
    );
  });
});

describe("the kinds of needs", () => {
  it("are each told of once, with what the Secret holds", () => {
    expect(new Set(needs.map(({ kind }) => kind)).size).toBe(needs.length);
    for (const { kind, keys, servedBy, schema } of needs) {
      expect(keys.length, kind).toBeGreaterThan(0);
      expect(
        (["eks-auto", "eks-groups", "existing"] as const).map((on) => servedBy({ kind: on })),
        kind,
      ).toEqual(["aws", "aws", undefined]);
      expect(schema.parse({ kind })).toEqual({ kind });
    }
  });
});
