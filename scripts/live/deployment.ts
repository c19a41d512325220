/** What a deployment runs, and what tells one of its versions from the next. */
export interface DeploymentArgs {
  readonly name: string;
  /** With its tag; of the tenant's own registry project. */
  readonly image: string;
  /** An annotation: `tour: <note>`. */
  readonly note: string;
}

/** A Deployment as a tenant may have it: Pod Security `restricted`, and an image that its home may run. */
export function deployment({ name, image, note }: DeploymentArgs): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  annotations: { tour: ${JSON.stringify(note)} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: ${name}
          image: ${image}
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`;
}
