import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { addresses, plan, settings, tenant } from "../support/fixtures";
import { planEstate } from "../../plan/plan";
import { builtin } from "../../features";

const applications = [{ name: "web", imageUpdates: { range: "^1.x-0" } }, { name: "worker" }];

function images(environment: string, change: Record<string, unknown> = {}): KubernetesObject[] {
  const [planned] = plan([tenant("team-a", { applications, ...change })]).tenants;
  const home = planned?.homes.find((one) => one.environment === environment);
  return (home?.objects ?? []).filter(({ apiVersion }) => apiVersion.startsWith("image.toolkit.fluxcd.io/"));
}

describe("image updates", () => {
  it("watch the tenant's own project, and write to the environment's repository", () => {
    expect(images("dev").map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "ImageRepository web",
      "ImagePolicy web",
      "ImageUpdateAutomation operations",
    ]);
    const [repository, policy, automation] = images("dev");
    expect(repository?.spec).toEqual({
      image: "harbor.example.com/acme-team-a/web",
      interval: "1m0s",
      secretRef: { name: "image-pull" },
    });
    expect(policy?.spec).toEqual({ imageRepositoryRef: { name: "web" }, policy: { semver: { range: "^1.x-0" } } });
    expect(automation?.spec).toMatchObject({
      sourceRef: { kind: "GitRepository", name: "operations" },
      git: { push: { branch: "main" }, commit: { author: { email: "flux@platform.example.com" } } },
      update: { path: "./", strategy: "Setters" },
    });
    // The old name of the field makes the controller stall.
    expect(JSON.stringify(automation?.spec)).not.toContain(".Updated");
  });

  it("never touch what is gated, and nobody's who asked for none", () => {
    expect(images("prod")).toEqual([]);
    expect(images("dev", { applications: [{ name: "worker" }] })).toEqual([]);
  });

  it("stand still while the tenant does", () => {
    expect(images("dev", { lifecycle: { state: "suspended" } }).at(-1)?.spec).toMatchObject({ suspend: true });
    expect(images("dev").at(-1)?.spec).not.toHaveProperty("suspend");
  });

  it("take plain HTTP from a registry on loopback only", () => {
    const registry = "http://127.0.0.1:5000";
    const [planned] = planEstate({
      settings: settings(),
      tenants: [tenant("team-a", { applications })],
      features: builtin,
      addresses: { ...addresses, registry },
    }).tenants;
    const found = planned?.homes[0]?.objects.find(({ kind }) => kind === "ImageRepository");
    expect(found?.spec).toMatchObject({ image: "127.0.0.1:5000/acme-team-a/web", insecure: true });
  });
});
