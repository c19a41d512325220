import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { access, plan, settings, tenant } from "../support/fixtures";
import { aws, eks, eksSettings } from "../support/eks";
import { record, unwrap, type Registration } from "../support/monitor";

const argocd = { gitops: { kind: "argocd" } };
const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;

describe("Argo CD on EKS", () => {
  let resources: readonly Registration[] = [];
  beforeAll(async () => {
    resources = await record(
      () => new Estate("acme", { plan: plan([tenant("team-a")], eksSettings(argocd)), access }, {}),
    );
  });
  const inputs = (name: string): Record<string, unknown> => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no resource ${name}`);
    return unwrap(found.inputs) as Record<string, unknown>;
  };
  const document = (name: string, key: string) =>
    JSON.parse(inputs(name)[key] as string) as { Statement: Record<string, unknown>[] };

  it("logs in to a home as the cluster's role, without a token and without a program", () => {
    const { data } = inputs("control-plane/argocd/Secret/team-a-dev.dev") as { data: Record<string, string> };
    const config = JSON.parse(Buffer.from(data["config"] ?? "", "base64").toString()) as Record<string, unknown>;
    expect(config).toMatchObject({
      awsAuthConfig: { clusterName: "acme-dev", roleARN: role("acme-dev-gitops") },
      tlsClientConfig: { insecure: false },
    });
    expect(config).not.toHaveProperty("execProviderConfig");
  });

  it("is let into workload clusters by a group, which homes bind, and has no policy of EKS", () => {
    expect(inputs("dev-access-gitops")).toMatchObject({ kubernetesGroups: ["estate:gitops"], type: "STANDARD" });
    expect(inputs("dev/team-a-dev/RoleBinding/argocd")).toMatchObject({
      roleRef: { name: "tenant-gitops" },
      subjects: [{ kind: "Group", name: "estate:gitops" }],
    });
    expect(resources.map(({ name }) => name)).not.toContain("dev-admin-gitops");
    expect(resources.map(({ name }) => name)).not.toContain("control-plane-access-gitops");
  });

  it("is the controller and the server on the control plane, which may act as those roles and do nothing else", () => {
    for (const [purpose, serviceAccount] of [
      ["gitopssync", "argocd-application-controller"],
      ["gitopsserver", "argocd-server"],
    ] as const) {
      expect(inputs(`control-plane-identity-${purpose}`)).toMatchObject({ namespace: "argocd", serviceAccount });
      const [statement, ...others] = document(`control-plane-${purpose}-own`, "policy").Statement;
      expect(others).toEqual([]);
      expect(statement).toMatchObject({
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Resource: [role("acme-dev-gitops"), role("acme-prod-gitops")],
      });
    }
    const [trust, ...others] = document("dev-gitops", "assumeRolePolicy").Statement;
    expect(others).toEqual([]);
    expect(trust?.["Condition"]).toEqual({
      ArnEquals: {
        "aws:PrincipalArn": [role("acme-control-plane-gitopssync"), role("acme-control-plane-gitopsserver")],
      },
    });
  });
});

it("leaves an estate with Flux on EKS as it was", () => {
  const text = JSON.stringify(plan([tenant("team-a")], eksSettings()).clusters);
  expect(text).not.toMatch(/gitops(controller|server)|estate:gitops/);
});

it("gives a token to clusters that were brought along, and none to those on EKS", () => {
  const clusters = {
    "control-plane": eks(10, { role: "control-plane" }),
    dev: eks(20),
    prod: { role: "workload", kind: "existing", ring: 1 },
  };
  const [plane] = plan([], settings({ aws, clusters, ...argocd })).clusters;
  expect(JSON.stringify(plane?.platform.gitops?.release.values)).toContain('"audience":"acme-prod"');
  expect(JSON.stringify(plane?.platform.gitops?.release.values)).not.toContain('"audience":"acme-dev"');
});
