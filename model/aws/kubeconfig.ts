/** Where a cluster is, and as whom it is spoken to. */
export interface EksAccess {
  readonly region: string;
  /** The cluster's name in EKS. */
  readonly name: string;
  readonly endpoint: string;
  /** The authority of its certificate: PEM in Base64, as EKS tells it. */
  readonly authority: string;
  /** The ARN of the role that logs in. */
  readonly role: string;
}

/**
 * A kubeconfig in JSON whose login is made anew at each call: `aws eks get-token` as the given role, whoever runs it. It
 * holds no credential, so it may lie in a state; a token would live there for fifteen minutes and be wrong ever after.
 */
export function eksKubeconfig({ region, name, endpoint, authority, role }: EksAccess): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": authority } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: [
              "--region",
              region,
              "eks",
              "get-token",
              "--cluster-name",
              name,
              "--output",
              "json",
              "--role-arn",
              role,
            ],
            interactiveMode: "Never",
            provideClusterInfo: false,
          },
        },
      },
    ],
  });
}
