import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../../model/cluster-access";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import type { ClusterPlan } from "../../plan/plan";
import { ExistingObject, Manifest } from "../delivery/manifest";
import type { ClusterConnection, TokenKeys } from "./contract";

export interface ExistingClusterArgs {
  readonly plan: ClusterPlan;
  readonly access: ClusterAccess;
  /** Take objects over that are there already: only in the step from one delivery to the other. */
  readonly adopt: boolean;
}

/** Shows everybody the public keys (and nothing but those) of the cluster's ServiceAccount tokens. */
const issuerDiscovery: KubernetesObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "estate-issuer-discovery", labels: platformLabels },
  roleRef: {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "ClusterRole",
    name: "system:service-account-issuer-discovery",
  },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:unauthenticated" }],
};

/** A cluster by kubeconfig context; with a `uid`, another cluster behind the context stops the run before its first write. */
export class ExistingCluster extends pulumi.ComponentResource implements ClusterConnection {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  readonly tokenKeys: TokenKeys;

  constructor(name: string, { plan, access, adopt }: ExistingClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:Cluster", name, {}, opts);
    this.name = plan.name;
    this.provider = this.connect(name, access, plan.connection.uid, adopt);
    this.tokenKeys = this.discover(name, plan, access);
    this.registerOutputs({});
  }

  /** The provider that writes. Its kubeconfig is an output of the identity check, so nothing is written before that. */
  private connect(name: string, access: ClusterAccess, uid: string | undefined, adopt: boolean): Provider {
    const settings = {
      context: access.context,
      // A literal: without it, a new endpoint or token in the kubeconfig would replace every object of the cluster.
      clusterIdentifier: name,
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      // All that Estate writes is the platform's own: what somebody else put into a field of it is drift.
      enablePatchForce: true,
      upsertExistingObjects: adopt,
      suppressDeprecationWarnings: true,
    };
    const kubeconfig = pulumi.secret(access.kubeconfig);
    if (uid === undefined) return new Provider(`${name}-provider`, { ...settings, kubeconfig }, { parent: this });

    const reader = new Provider(
      `${name}-reader`,
      { ...settings, clusterIdentifier: `${name}-reader`, kubeconfig },
      { parent: this },
    );
    const system = new ExistingObject(`${name}-identity`, { apiVersion: "v1", kind: "Namespace" }, "kube-system", {
      parent: this,
      provider: reader,
    });
    const checked = pulumi.all([system.metadata, kubeconfig]).apply(([metadata, text]) => {
      if (metadata.uid !== uid) {
        throw new pulumi.RunError(
          `cluster ${name}: context "${access.context}" leads to a cluster whose kube-system has UID ${String(metadata.uid)}, and the settings pin ${uid}; ` +
            "point the context at the right cluster, or correct estate:clusters if the cluster was replaced",
        );
      }
      return text;
    });
    return new Provider(`${name}-provider`, { ...settings, kubeconfig: checked }, { parent: this });
  }

  /** Keys from the settings' address; else from the API server, which must then show its public keys to Vault. */
  private discover(name: string, { connection: { tokenIssuer } }: ClusterPlan, access: ClusterAccess): TokenKeys {
    const issuer = tokenIssuer.issuer === undefined ? {} : { issuer: tokenIssuer.issuer };
    if (tokenIssuer.jwksUrl !== undefined) return { jwksUrl: pulumi.output(tokenIssuer.jwksUrl), ...issuer };
    const binding = new Manifest(
      `${this.name}/${objectAddress(issuerDiscovery)}`,
      { object: issuerDiscovery },
      { parent: this, provider: this.provider },
    );
    // Vault fetches the keys when it is told of them, so the address is an output of what makes them readable.
    const jwksUrl = binding.metadata.apply(() => `${access.server.replace(/\/+$/, "")}/openid/v1/jwks`);
    return { jwksUrl, ...(access.caPem === undefined ? {} : { caPem: access.caPem }), ...issuer };
  }
}
