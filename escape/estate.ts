import { settingsSchema } from "../config/schema";
import { builtin } from "../features";
import { planEstate, type EstatePlan } from "../plan/plan";
import { tenantSchema, type Tenant } from "../tenants/schema";

const existing = (role: string, ring = 0) => ({ role, kind: "existing", ...(ring === 0 ? {} : { ring }) });
// What the example's own profile counts.
const standard = {
  quota: {
    "requests.cpu": "8",
    "requests.memory": "16Gi",
    "requests.ephemeral-storage": "50Gi",
    "limits.cpu": "16",
    "limits.memory": "32Gi",
    "limits.ephemeral-storage": "100Gi",
    pods: "50",
  },
};
const allotting = { quota: { pods: "50", "services.loadbalancers": "1", "services.nodeports": "1" } };
// Nodes of a home's own are there on clusters of Auto Mode alone.
const own = { ...allotting, nodePool: { cpu: "64", memory: "256Gi", capacity: "spot" } };
const moves = { ...own, nodePool: { cpu: "64", use: "optional" } };

function tenant(name: string, change: object = {}): Tenant {
  const file = { schema: 1, displayName: name, owner: { email: `${name}@example.com` }, ...change };
  return { name, ...tenantSchema(builtin).parse(file) };
}

/** The plan of the estate that the trials are held in: a home of every kind that a guardrail tells from others. */
export function trialEstate(): EstatePlan {
  const settings = settingsSchema(builtin).parse({
    name: "acme",
    domain: "platform.example.com",
    aws: {
      region: "eu-central-1",
      account: "111122223333",
      deployers: ["arn:aws:iam::111122223333:role/estate-ci"],
    },
    clusters: {
      "control-plane": existing("control-plane"),
      dev: { role: "workload", kind: "eks", version: "1.35", network: { cidr: "10.20.0.0/16" } },
      prod: existing("workload", 1),
    },
    environments: {
      dev: { clusters: ["dev"] },
      prod: { clusters: ["prod"], promotesFrom: "dev", promotion: "merge-request" },
    },
    profiles: { standard, allotting, own, moving: moves },
    gitlab: { url: "https://gitlab.example.com", parent: "platform/tenants" },
    registry: { kind: "harbor", alsoFrom: ["docker.io/library/", "harbor.example.com/"] },
    priorityClasses: ["batch"],
    credentials: { issued: "2026-11-01" },
    access: { clusterAdmins: "platform-admins", systemApprovers: "platform-leads", developers: "engineering" },
  });
  const tenants = [
    tenant("team-a", { applications: [{ name: "web", hosts: { dev: ["web.platform.example.com"] } }] }),
    tenant("team-ab", { profile: "allotting" }),
    tenant("virtual", { isolation: "vcluster" }),
    tenant("pooled", { profile: "own" }),
    tenant("moving", { profile: "moving" }),
  ];
  const addresses = {
    vault: "https://vault.example.com",
    gitlab: "https://gitlab.example.com",
    registry: "https://harbor.example.com",
  };
  return planEstate({ settings, tenants, features: builtin, addresses });
}
