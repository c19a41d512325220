/** The literal issuer in a cluster's ServiceAccount tokens; one of its own, so that no cluster's token passes for another's. */
export const issuerOf = (cluster: string): string => `https://${issuerHost(cluster)}`;

/** The name in it. In the sandbox the ingress answers for it, with the cluster's public keys. */
export const issuerHost = (cluster: string): string => `kubernetes.${cluster}.sandbox.estate`;
