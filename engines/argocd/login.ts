import { engineGroup } from "../../model/gitops-eks";
import type { ClusterLogin } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { operationsRepository } from "../../model/names";
import { clusterSecretType, repositoryAnnotation } from "./applications";
import { engineBinding, issuedUser } from "../login";
import { argocdAccounts, argocdNamespace, loginProgram, placeName } from "./names";
import { settingsOf } from "./settings";

/** What Argo CD may do in a home itself: look, and act as the home's reconciler. */
export function homeBinding(home: TenantHome): KubernetesObject {
  const { usernamePrefix } = settingsOf(home.estate).login;
  return engineBinding(
    home,
    "argocd",
    home.cluster.eks === undefined
      ? argocdAccounts.map((name) => issuedUser(usernamePrefix, argocdNamespace, name))
      : [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: engineGroup }],
  );
}

/** How Argo CD logs in: on EKS as a role, elsewhere by the program. Neither is a token. */
function loginConfig({ cluster }: TenantHome): ClusterLogin["config"] {
  if (cluster.eks !== undefined) return { awsAuthConfig: { clusterName: cluster.eks.name, roleARN: cluster.eks.role } };
  return {
    execProviderConfig: {
      command: `${loginProgram.folder}/${loginProgram.file}`,
      args: [cluster.name],
      apiVersion: "client.authentication.k8s.io/v1",
      installHint: `the ConfigMap ${loginProgram.configMap} is not mounted`,
    },
  };
}

/**
 * A home as a cluster of its own, in the project of the home alone, with no namespace but the home's and nothing cluster-wide.
 * Argo CD knows clusters by their address, so each of them has an address of its own: a client of Kubernetes leaves the query
 * out (argoproj/argo-cd#2288). No token is in it: Argo CD asks the program for one.
 */
export function clusterLogin(home: TenantHome): ClusterLogin {
  const { namespace, cluster, estate } = home;
  const name = placeName(namespace, cluster.name);
  const server = settingsOf(estate).servers[cluster.name];
  return {
    cluster: cluster.name,
    secret: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name,
        namespace: argocdNamespace,
        labels: { ...home.labels, ...clusterSecretType },
        annotations: {
          [repositoryAnnotation]: operationsRepository(estate.gitlab, home.tenant.name, home.environment.name),
        },
      },
      type: "Opaque",
    },
    data: { name, project: namespace, namespaces: namespace, clusterResources: "false" },
    ...(server === undefined ? {} : { server }),
    query: `home=${namespace}`,
    config: loginConfig(home),
  };
}
