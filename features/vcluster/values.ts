import type { TenantHome } from "../../model/home";
import type { Json } from "../../model/kubernetes";
import { label } from "../../model/labels";
import { imagePull } from "../../model/platform";
import { storeValues, type Store } from "./store";

/** Any user but root; the same in every container, because they share volumes. The number is the one of vCluster's docs. */
const user = 12345;

/** What Pod Security `restricted` demands of a container; the chart's own default is root. */
const container: Json = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  seccompProfile: { type: "RuntimeDefault" },
};

const pod: Json = {
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  // The volume with the data belongs to root until the kubelet hands it to this group.
  fsGroup: user,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/**
 * What keeps a virtual cluster in its home's pool of nodes: its control plane, and every pod that it brings to the host,
 * so that nobody inside has to know. The selector is written onto pods although no nodes come in, which would take a
 * ClusterRole.
 */
function inPool(pool: string): {
  readonly scheduling: { readonly [key: string]: Json };
  readonly sync: { readonly [key: string]: Json };
} {
  const nodeSelector = { [label.pool]: pool };
  return {
    scheduling: { nodeSelector, tolerations: [{ key: label.pool, value: pool, effect: "NoSchedule" }] },
    sync: {
      toHost: { pods: { enforceTolerations: [`${label.pool}=${pool}:NoSchedule`] } },
      fromHost: { nodes: { selector: { labels: nodeSelector } } },
    },
  };
}

/**
 * Values of chart vcluster. Helm lays them over the chart's own, map by map, and a null that would take a key away never
 * arrives: Pulumi's provider drops nulls. So nothing here may need one. test/e2e/vcluster-values.test.ts holds what comes
 * out against the chart.
 */
export function vclusterValues(home: TenantHome, storage: string, store: Store): Record<string, Json> {
  const { mirror, registry } = home.estate;
  const placed = home.pool === undefined ? undefined : inPool(home.pool.name);
  const security = { podSecurityContext: pod, containerSecurityContext: container };
  return {
    controlPlane: {
      // The only distribution left since 0.33.
      distro: { k8s: { enabled: true, securityContext: container } },
      backingStore: storeValues(home, store, { security, scheduling: placed?.scheduling ?? {}, storage }),
      statefulSet: {
        // The build without licensed parts, unless one of them is asked for.
        image: { repository: store.kind === "database" ? "loft-sh/vcluster-pro" : "loft-sh/vcluster-oss" },
        security,
        persistence: { volumeClaim: { size: storage, retentionPolicy: "Retain" } },
        ...(placed === undefined ? {} : { scheduling: placed.scheduling }),
      },
      proxy: { extraSANs: [`${home.namespace}.${home.namespace}.svc`] },
      advanced: {
        // Every pod that comes out of it pulls the tenant's images with the home's own credential: nobody inside needs one.
        // From ECR nodes pull by their own role.
        ...(registry.kind === "ecr" ? {} : { workloadServiceAccount: { imagePullSecrets: [{ name: imagePull }] } }),
        // It stands in for the host of every image, those that the program itself brings as well.
        ...(mirror === undefined ? {} : { defaultImageRegistry: mirror.images }),
      },
    },
    exportKubeConfig: { server: `https://${home.namespace}.${home.namespace}.svc:443` },
    policies: {
      podSecurityStandard: "restricted",
      // Every pod of the virtual cluster is a pod of this namespace, so the home's own ResourceQuota and LimitRange hold
      // it. The chart's would stand beside them with the chart's numbers: its maps have keys that no profile names (20
      // pods, 100 secrets), and only a null takes a key out.
      resourceQuota: { enabled: false },
      limitRange: { enabled: false },
      // The chart's rules let the control plane, and every pod that takes its labels, out to 443 and 6443 anywhere, and
      // pods with the label `app: loft` of any namespace in. The home's own rules stand in for them: ./network.ts.
      networkPolicy: { enabled: false, workload: { publicEgress: { enabled: false } } },
    },
    // The platform makes the Role (./control-plane.ts): who installs the release then needs no right to make roles.
    rbac: { role: { enabled: false }, clusterRole: { enabled: false } },
    telemetry: { enabled: false },
    ...(placed === undefined ? {} : { sync: placed.sync }),
  };
}
