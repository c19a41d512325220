import { engineGroup } from "../../model/gitops-eks";
import type { ClusterLogin } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject, ObjectMeta } from "../../model/kubernetes";
import { operationsRepository } from "../../model/names";
import { clusterSecretType, deliveredLabel, repositoryAnnotation } from "./applications";
import { engineBinding, issuedUser } from "../login";
import { insideLogin } from "./inside";
import { argocdAccounts, argocdNamespace, loginProgram, placeName } from "./names";
import { settingsOf } from "./settings";

/** Argo CD, as a home's cluster knows it. */
export function engineSubjects({ estate, cluster }: Pick<TenantHome, "estate" | "cluster">): Json[] {
  if (cluster.role === "control-plane")
    return argocdAccounts.map((name) => ({ kind: "ServiceAccount", name, namespace: argocdNamespace }));
  if (cluster.eks !== undefined) return [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: engineGroup }];
  const { usernamePrefix } = settingsOf(estate).login;
  return argocdAccounts.map((name) => issuedUser(usernamePrefix, argocdNamespace, name));
}

/** What Argo CD may do in a home itself: look, and act as the home's reconciler. */
export function homeBinding(home: TenantHome): KubernetesObject {
  return engineBinding(home, "argocd", engineSubjects(home));
}

/** How Argo CD logs in: on EKS as a role, elsewhere by the program, and to its own cluster by its own token. None is stored. */
export function loginConfig({ cluster }: Pick<TenantHome, "cluster">): ClusterLogin["config"] {
  const own = cluster.role === "control-plane";
  if (cluster.eks !== undefined && !own)
    return { awsAuthConfig: { clusterName: cluster.eks.name, roleARN: cluster.eks.role } };
  return {
    execProviderConfig: {
      command: `${loginProgram.folder}/${own ? loginProgram.plain : loginProgram.file}`,
      args: [cluster.name],
      apiVersion: "client.authentication.k8s.io/v1",
      installHint: `the ConfigMap ${loginProgram.configMap} is not mounted`,
    },
  };
}

/**
 * A Secret by which Argo CD knows a place, and the part of its data that is known before the run. The address of the place may
 * be another than Pulumi's.
 */
export function clusterSecret(
  { estate, cluster, labels }: Pick<TenantHome, "estate" | "cluster" | "labels">,
  name: string,
  data: Readonly<Record<string, string>>,
  own: Pick<ObjectMeta, "labels" | "annotations"> = {},
): Pick<ClusterLogin, "secret" | "data" | "server"> {
  const server = settingsOf(estate).servers[cluster.name];
  return {
    secret: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name,
        namespace: argocdNamespace,
        labels: { ...labels, ...clusterSecretType, ...own.labels },
        ...(own.annotations === undefined ? {} : { annotations: own.annotations }),
      },
      type: "Opaque",
    },
    data: { name, ...data },
    ...(server === undefined ? {} : { server }),
  };
}

/**
 * A home as a cluster of its own, in the project of the home alone, with no namespace but the home's and nothing cluster-wide.
 * Argo CD knows clusters by their address, so each of them has an address of its own: a client of Kubernetes leaves the query
 * out (argoproj/argo-cd#2288). No token is in it: Argo CD asks the program for one. Of a home with a virtual cluster it leads
 * inside, where all namespaces and kinds are the tenant's.
 */
export function clusterLogin(home: TenantHome): ClusterLogin {
  const { namespace, cluster, estate } = home;
  const inside = home.tenant.isolation === "vcluster";
  const limits: Readonly<Record<string, string>> = inside ? {} : { namespaces: namespace, clusterResources: "false" };
  const repository = operationsRepository(estate.gitlab, home.tenant.name, home.environment.name);
  return {
    cluster: cluster.name,
    ...clusterSecret(
      home,
      placeName(namespace, cluster.name),
      { project: namespace, ...limits },
      { labels: deliveredLabel, annotations: { [repositoryAnnotation]: repository } },
    ),
    ...(inside ? insideLogin(home) : { query: `home=${namespace}`, config: loginConfig(home) }),
  };
}
