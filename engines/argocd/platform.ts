import type { AddonRelease } from "../../model/addon";
import type { GitOpsPlan } from "../../model/gitops";
import type { EstateFacts } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { helmAddress, mirroredChart, mirroredImage } from "../../model/mirror";
import { serviceHost } from "../../model/services";
import { charts, images, versions } from "../../model/versions";
import type { EnginePlatform, EngineScope } from "../engine";
import { engineRights, tokenAudience } from "../login";
import { argocdAddons } from "./addons";
import { argocdImage } from "./image";
import { imageUpdaterAccess, imageUpdaterRelease } from "./image-updater";
import { readGroups } from "./kinds";
import { loginText } from "./login-program";
import { argocdNamespace, loginProgram, tokenFolder, virtualToken } from "./names";
import { platformRights } from "./platform-rights";
import { emptyDefaultProject } from "./project";
import { settingsOf } from "./settings";

/** Seconds that a token for a cluster lasts: the least that Kubernetes gives. */
const tokenSeconds = 600;

/** The programs, and one token for each cluster and for the virtual clusters of each, in the pods that speak to clusters. */
function loginMounts(
  estate: EstateFacts,
  clusters: readonly string[],
  own: string | undefined,
): { readonly [key: string]: Json } {
  return {
    volumes: [
      { name: "cluster-login", configMap: { name: loginProgram.configMap, defaultMode: 0o555 } },
      {
        name: "cluster-tokens",
        projected: {
          sources: [
            ...clusters.map((cluster) => ({
              serviceAccountToken: {
                audience: tokenAudience(estate.name, cluster),
                expirationSeconds: tokenSeconds,
                path: cluster,
              },
            })),
            // Without an audience it is for the API server of the cluster itself.
            ...(own === undefined ? [] : [{ serviceAccountToken: { expirationSeconds: tokenSeconds, path: own } }]),
          ],
        },
      },
    ],
    volumeMounts: [
      { name: "cluster-login", mountPath: loginProgram.folder, readOnly: true },
      { name: "cluster-tokens", mountPath: tokenFolder, readOnly: true },
    ],
  };
}

/** One line of Argo CD's own table of rights. A group's name is quoted as its CSV wants it. */
const member = (group: string, role: string): string => `g, "${group.replaceAll('"', '""')}", role:${role}`;

/** Where people log in. JSON is YAML. */
function signOn(estate: EstateFacts, identity: EngineScope["identity"]): { readonly [key: string]: Json } {
  if (identity === undefined) return {};
  const { issuer, groupsClaim, scopes } = identity;
  const config: Json = {
    name: "Single sign-on",
    issuer,
    clientID: settingsOf(estate).clientId,
    enablePKCEAuthentication: true,
    requestedScopes: [...scopes],
    requestedIDTokenClaims: { [groupsClaim]: { essential: true } },
  };
  return { "oidc.config": JSON.stringify(config) };
}

/** Values of the chart: nothing open that is not needed, and no right on the cluster that it runs on. */
function values({ estate, cluster, clusters, addonClusters, groups, identity }: EngineScope): {
  readonly [key: string]: Json;
} {
  const targets = clusters.filter(({ role }) => role === "workload");
  const mounts = loginMounts(
    estate,
    [
      ...targets.filter(({ eks }) => eks === undefined).map(({ name }) => name),
      ...targets.map(({ name }) => virtualToken(name)),
    ],
    addonClusters.includes(cluster.name) ? cluster.name : undefined,
  );
  const host = serviceHost("argocd", cluster.name, estate.domain);
  return {
    global: { domain: host, image: { ...argocdImage(estate) } },
    crds: { install: true, keep: true },
    // What it may do on its own cluster it may by the platform's rights, where it brings addons there.
    createClusterRoles: false,
    configs: {
      cm: {
        url: `https://${host}`,
        "admin.enabled": false,
        "exec.enabled": false,
        "users.anonymous.enabled": false,
        "cluster.inClusterEnabled": false,
        "application.resourceTrackingMethod": "annotation",
        // A sync acts as the tenant's reconciler, or fails.
        "application.sync.impersonation.enabled": true,
        "application.sync.impersonation.enforced": true,
        // Whoever may sync may not choose what: that is in Git.
        "application.sync.requireOverridePrivilegeForRevisionSync": true,
        // It may see tenants' homes alone, and there some kinds alone: what it may not list it leaves out.
        "resource.respectRBAC": "normal",
        "timeout.reconciliation": "60s",
        "timeout.reconciliation.jitter": "10s",
        ...signOn(estate, identity),
      },
      params: {
        "applicationsetcontroller.enable.scm.providers": false,
        "applicationsetcontroller.enable.progressive.syncs": false,
        "applicationsetcontroller.policy": "sync",
      },
      rbac: {
        "policy.default": "",
        scopes: `[${identity?.groupsClaim ?? "groups"}]`,
        "policy.csv": [member(groups.clusterAdmins, "admin"), member(groups.systemApprovers, "readonly")].join("\n"),
      },
    },
    controller: mounts,
    server: mounts,
    dex: { enabled: false },
    // Each home has a controller of its own (notifications.ts).
    notifications: { enabled: false },
    ...(estate.mirror === undefined
      ? {}
      : { redis: { image: { repository: mirroredImage(images.argoCdRedis, estate.mirror) } } }),
  };
}

function installation(scope: EngineScope): GitOpsPlan {
  return {
    component: "ArgoCd",
    release: {
      name: "argocd",
      namespace: argocdNamespace,
      ...helmAddress(mirroredChart(charts.argoCd, scope.estate.mirror)),
      version: versions.argoCdChart.installed,
      values: values(scope),
    },
    instance: emptyDefaultProject,
  };
}

/** The programs by which it logs in to clusters. They are mounted, and nothing in them is secret. */
function loginConfig(estate: EstateFacts): KubernetesObject {
  const { login } = settingsOf(estate);
  const authority = login.kind === "exchange" ? login.caPem : undefined;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: loginProgram.configMap, namespace: argocdNamespace, labels: platformLabels },
    data: {
      [loginProgram.file]: loginText(login),
      // Virtual clusters and the own one take them as they are, however the others are reached.
      [loginProgram.plain]: loginText({ kind: "issuer" }),
      ...(authority === undefined ? {} : { "ca.pem": authority }),
    },
  };
}

/** What it may do in a home that binds it: look at what it brings, and act as the home's reconciler. */
function homeRole(): KubernetesObject {
  const reads = readGroups.map(({ group, resources }) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: ["get", "list", "watch"],
  }));
  return engineRights(reads, platformLabels);
}

/** Argo CD runs on the control plane; on the others there is what it may do there. */
export function argocdPlatform(scope: EngineScope): EnginePlatform {
  const addons = (releases: readonly AddonRelease[]) => argocdAddons(scope, releases);
  return scope.cluster.role === "control-plane"
    ? {
        gitops: installation(scope),
        releases: [imageUpdaterRelease(scope.estate)],
        identity: platformRights(scope),
        objects: [loginConfig(scope.estate), ...imageUpdaterAccess()],
        addons,
      }
    : { identity: platformRights(scope), objects: [homeRole()], addons };
}
