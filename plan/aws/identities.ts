import type { EksCluster } from "../../config/clusters";
import { clusterArn } from "../../model/aws/arns";
import { scanPolicy } from "../../model/aws/images";
import { eksName, type RolePurpose } from "../../model/aws/names";
import {
  backupPolicy,
  certificatePolicy,
  dnsPolicy,
  logsPolicy,
  secretsPolicy,
  unsealPolicy,
} from "../../model/aws/policies";
import type { PolicyDocument } from "../../model/aws/policy";
import { fluxNamespace } from "../../model/platform";
import { podRole, type RolePlan, type RoleScope } from "./roles";

/** One ServiceAccount with rights in AWS. */
export interface PodIdentityPlan {
  /** What for: `dns`. */
  readonly purpose: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: RolePlan;
}

type Identities = EksCluster["identities"];

interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Undefined when the settings do not ask for it. */
  policy(wanted: Identities, scope: RoleScope): PolicyDocument | undefined;
}

/** The workloads that can have rights, with the names that their charts give them. */
const workloads: Readonly<Record<keyof Identities & RolePurpose, Workload>> = {
  dns: {
    namespace: "external-dns",
    serviceAccount: "external-dns",
    policy: ({ dns }, { place }) => dns && dnsPolicy(place, dns.zones),
  },
  certificates: {
    namespace: "cert-manager",
    serviceAccount: "cert-manager",
    policy: ({ certificates }, { place }) => certificates && certificatePolicy(place, certificates.zones),
  },
  secrets: {
    namespace: "external-secrets",
    serviceAccount: "external-secrets",
    policy: ({ secrets }, { place, estate, cluster }) => secrets && secretsPolicy(place, estate, cluster, secrets.key),
  },
  unseal: {
    namespace: "vault",
    serviceAccount: "vault",
    policy: ({ unseal }) => unseal && unsealPolicy(unseal.key),
  },
  backup: {
    namespace: "velero",
    serviceAccount: "velero-server",
    policy: ({ backup }, { place, estate, cluster }) =>
      backup && backupPolicy(place, eksName(estate, cluster), { bucket: backup.bucket, folder: cluster }),
  },
  logs: {
    namespace: "fluent-bit",
    serviceAccount: "fluent-bit",
    policy: ({ logs }, { place, estate, cluster }) => logs && logsPolicy(place, eksName(estate, cluster)),
  },
};

const purposes = ["backup", "certificates", "dns", "logs", "secrets", "unseal"] as const satisfies (keyof Identities)[];

/** Flux looks for new images in ECR as this role; pods of the controller that are older take it when they start again. */
export function imageScanIdentity(scope: RoleScope): PodIdentityPlan {
  const workload = { namespace: fluxNamespace, serviceAccount: "image-reflector-controller" };
  const cluster = clusterArn(scope.place, eksName(scope.estate, scope.cluster));
  const policy = scanPolicy(scope.place, scope.estate);
  return { purpose: "images", ...workload, role: podRole(scope, "images", { cluster, ...workload }, { policy }) };
}

/** The identities that the settings ask for, by purpose. */
export function planIdentities(scope: RoleScope, wanted: Identities): PodIdentityPlan[] {
  return purposes.flatMap((purpose) => {
    const workload = workloads[purpose];
    const policy = workload.policy(wanted, scope);
    if (policy === undefined) return [];
    const namespace = wanted[purpose]?.namespace ?? workload.namespace;
    const serviceAccount = wanted[purpose]?.serviceAccount ?? workload.serviceAccount;
    const cluster = clusterArn(scope.place, eksName(scope.estate, scope.cluster));
    const role = podRole(scope, purpose, { cluster, namespace, serviceAccount }, { policy });
    return [{ purpose, namespace, serviceAccount, role }];
  });
}
