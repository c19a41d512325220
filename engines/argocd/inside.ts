import type { ClusterLogin } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { hasCredentials } from "../../model/people";
import { reconciler } from "../../model/platform";
import type { Values } from "../../model/values";
import { issuedUser, tokenAudience } from "../login";
import { argocdAccounts, argocdNamespace, loginProgram, virtualToken } from "./names";
import { settingsOf } from "./settings";

const rbac = "rbac.authorization.k8s.io";

/** The ConfigMap in a home that tells its virtual cluster whose tokens are good, and where that finds it. */
const trust = { name: "vcluster-authentication", file: "authentication.yaml", folder: "/etc/estate" } as const;

/** Where Argo CD reaches a home's virtual cluster. */
export function insideAddress({ estate, cluster, namespace }: TenantHome): string {
  const { addresses } = settingsOf(estate).virtualClusters;
  const pattern = addresses[cluster.name] ?? `https://\${home}.${cluster.name}.${estate.domain}`;
  return pattern.replaceAll("${home}", namespace);
}

/**
 * The login into a home's virtual cluster, from where the login to the home would be: the same name, project and place, and
 * inside all namespaces and kinds, which are the tenant's.
 */
export function insideLogin(home: TenantHome): Pick<ClusterLogin, "server" | "authority" | "config"> {
  const config: ClusterLogin["config"] = {
    execProviderConfig: {
      command: `${loginProgram.folder}/${loginProgram.plain}`,
      args: [virtualToken(home.cluster.name)],
      apiVersion: "client.authentication.k8s.io/v1",
      installHint: `the ConfigMap ${loginProgram.configMap} is not mounted`,
    },
  };
  // The certificate is the gateway's: the virtual cluster's own authority is made in it, and is known to nobody before.
  const authority = settingsOf(home.estate).virtualClusters.caPem ?? "";
  return { server: insideAddress(home), authority, config };
}

/** Whose tokens the virtual cluster's API server takes besides its own: the control plane's, made for virtual clusters here. */
function authentication(home: TenantHome): Json {
  const { estate, cluster } = home;
  const { issuer } = estate.gitops.virtual;
  // tenants/ has told of it.
  if (issuer === undefined) throw new RangeError(`nobody signs what Argo CD shows to ${home.namespace}`);
  const { issuerCaPem } = settingsOf(estate).virtualClusters;
  return {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    jwt: [
      {
        issuer: {
          url: issuer.url,
          audiences: [tokenAudience(estate.name, virtualToken(cluster.name))],
          ...(issuerCaPem === undefined ? {} : { certificateAuthority: issuerCaPem }),
        },
        // Argo CD's two accounts, and no other of the control plane's.
        claimValidationRules: [
          {
            expression: `claims.sub in [${argocdAccounts
              .map((name) => `"system:serviceaccount:${argocdNamespace}:${name}"`)
              .join(", ")}]`,
            message: "only Argo CD logs in by the control plane",
          },
        ],
        claimMappings: { username: { claim: "sub", prefix: settingsOf(estate).login.usernamePrefix } },
      },
    ],
  };
}

/** What the home holds so that its virtual cluster lets Argo CD in. JSON is YAML. */
export function trustObject(home: TenantHome): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: trust.name, namespace: home.namespace, labels: home.labels },
    data: { [trust.file]: JSON.stringify(authentication(home), undefined, 2) },
  };
}

/** The chart's values that make the virtual cluster read it; its API server takes a change up by itself. */
export const trustValues: Values = {
  controlPlane: {
    distro: { k8s: { apiServer: { extraArgs: [`--authentication-config=${trust.folder}/${trust.file}`] } } },
    statefulSet: {
      persistence: {
        addVolumes: [{ name: "authentication", configMap: { name: trust.name } }],
        addVolumeMounts: [{ name: "authentication", mountPath: trust.folder, readOnly: true }],
      },
    },
  },
};

/**
 * What Argo CD may do inside: look, and act as the tenant's reconciler there. It looks at everything, because everything may
 * be delivered; as the reconciler it could anyway.
 */
export function insideRights(home: TenantHome): KubernetesObject[] {
  if (!hasCredentials(home.tenant)) return [];
  const { namespace } = home;
  const { usernamePrefix } = settingsOf(home.estate).login;
  const subjects = argocdAccounts.map((name) => issuedUser(usernamePrefix, argocdNamespace, name));
  const name = "estate-argocd";
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name },
      rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata: { name, namespace },
      rules: [{ apiGroups: [""], resources: ["serviceaccounts"], resourceNames: [reconciler], verbs: ["impersonate"] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects,
    },
  ];
}
