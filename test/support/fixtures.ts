import { settingsSchema, type Settings } from "../../config/schema";
import { builtin } from "../../features";
import { planEstate, type EstatePlan } from "../../plan/plan";
import { tenantSchema, type Tenant } from "../../tenants/schema";

/** Settings of a small estate; a test changes what it is about. */
export function settings(change: Record<string, unknown> = {}): Settings {
  return settingsSchema(builtin).parse({
    name: "acme",
    domain: "platform.example.com",
    clusters: {
      "control-plane": { role: "control-plane", kind: "existing" },
      dev: { role: "workload", kind: "existing" },
      prod: { role: "workload", kind: "existing", ring: 1 },
    },
    environments: {
      dev: { clusters: ["dev"] },
      prod: { clusters: ["prod"], promotesFrom: "dev", promotion: "merge-request" },
    },
    profiles: {
      standard: {
        quota: { "requests.cpu": "8", "requests.memory": "16Gi", pods: "50" },
        network: { allowNamespaceTraffic: true },
      },
      large: { quota: { "requests.cpu": "32", "requests.memory": "64Gi", pods: "200" } },
    },
    gitlab: { url: "https://gitlab.example.com", parent: "platform/tenants" },
    credentials: { issued: "2026-11-01" },
    access: { clusterAdmins: "platform-admins", systemApprovers: "platform-leads", developers: "engineering" },
    ...change,
  });
}

/** A tenant; `team-a` and `team-ab` are the pair whose names prefix each other. */
export function tenant(name: string, change: Record<string, unknown> = {}): Tenant {
  return {
    name,
    ...tenantSchema(builtin).parse({
      schema: 1,
      displayName: name,
      owner: { email: `${name}@example.com` },
      ...change,
    }),
  };
}

/** Addresses of the shared services. */
export const addresses = {
  vault: "https://vault.example.com",
  gitlab: "https://gitlab.example.com",
  registry: "https://harbor.example.com",
};

/** The plan of `tenants` under `settings`. */
export function plan(tenants: readonly Tenant[], own: Settings = settings()): EstatePlan {
  return planEstate({ settings: own, tenants, features: builtin, addresses });
}

/** Access to the fixture's three clusters. */
export const access = Object.fromEntries(
  ["control-plane", "dev", "prod"].map((name, index) => [
    name,
    {
      context: name,
      server: `https://10.0.0.${String(index + 1)}:6443`,
      caPem: "-----BEGIN CERTIFICATE-----",
      kubeconfig: `{"kubeconfig-of":"${name}"}`,
    },
  ]),
);
