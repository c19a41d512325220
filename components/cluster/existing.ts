import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../../model/cluster-access";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import type { ExistingConnection } from "../../plan/connection";
import { Manifest } from "../delivery/manifest";
import type { ClusterConnection, TokenKeys } from "./contract";
import type { Verified } from "./identity";

export interface ExistingClusterArgs {
  readonly plan: ExistingConnection;
  readonly access: ClusterAccess;
  /** Take objects over that are there already: only in the step from one delivery to the other. */
  readonly adopt: boolean;
  /** That every cluster is the right one. */
  readonly verified: Verified;
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

/** A cluster by kubeconfig context. */
export class ExistingCluster extends pulumi.ComponentResource implements ClusterConnection {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  readonly server: pulumi.Output<string>;
  readonly authority: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: ExistingClusterArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("estate:index:Cluster", name, {}, opts);
    this.name = name;
    this.server = pulumi.output(args.access.server);
    this.authority = pulumi.output(args.access.caPem ?? "");
    this.provider = this.connect(name, args);
    this.registerOutputs({});
  }

  /** The provider that writes. Its kubeconfig is an output of the identity checks, so nothing is written before those. */
  private connect(name: string, { access, adopt, verified }: ExistingClusterArgs): Provider {
    return new Provider(
      `${name}-provider`,
      {
        context: access.context,
        kubeconfig: pulumi.secret(verified.apply(() => access.kubeconfig)),
        // A literal: without it, a new endpoint or token in the kubeconfig would replace every object of the cluster.
        clusterIdentifier: name,
        enableConfigMapMutable: true,
        enableSecretMutable: true,
        // All that Estate writes is the platform's own: what somebody else put into a field of it is drift.
        enablePatchForce: true,
        // An argument would win over the variable by which a run that was cut off is brought to its end (docs/recovery.md).
        ...(adopt ? { upsertExistingObjects: true } : {}),
        suppressDeprecationWarnings: true,
      },
      // No child of this: see makeProviders.
    );
  }

  /** Keys from the settings' address; else from the API server, which must then show its public keys to Vault. */
  tokenKeys(): TokenKeys {
    const { plan, access } = this.args;
    const { tokenIssuer } = plan;
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
