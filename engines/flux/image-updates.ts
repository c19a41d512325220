import type { UpdatedApplication } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { imageRepository } from "../../model/names";
import { imagePull, operationsSource } from "../../model/platform";
import type { ImageVersions } from "../engine";

const image = "image.toolkit.fluxcd.io/v1";

/** How a version is written so that Flux renews it. */
export const imageVersions: ImageVersions = {
  name: () => "web",
  mark: (environment) => ` # {"$imagepolicy": "<tenant>-${environment}:web:tag"}`,
  told: "The marker behind a tag is where Flux writes the newest version of an application with `imageUpdates`.",
};

/** A line for each change: `web: 1.4.0 -> 1.4.1`. */
const message = `Update images

{{ range .Changed.Changes }}{{ .Setter }}: {{ .OldValue }} -> {{ .NewValue }}
{{ end }}`;

/**
 * Flux watches the application's images and commits the newest version in range at its marker. Only where changes are
 * open: what is gated moves by promotion.
 */
export function imageUpdateObjects(home: TenantHome, applications: readonly UpdatedApplication[]): KubernetesObject[] {
  if (applications.length === 0 || home.environment.gate === "gated") return [];
  const metadata = (name: string) => ({ name, namespace: home.namespace, labels: home.labels });
  // Its suspension belongs to people; Pulumi says so only for a tenant that is not active.
  const state = home.tenant.state === "active" ? {} : { suspend: true };
  const { registry } = home.estate;
  return [
    ...applications.flatMap(({ name, range }) => [
      {
        apiVersion: image,
        kind: "ImageRepository",
        metadata: metadata(name),
        spec: {
          image: imageRepository(home.estate, home.tenant.name, name),
          interval: "1m0s",
          // By the role that the controller has in AWS; a guardrail keeps it to the tenant's own images.
          ...(registry.kind === "ecr" ? { provider: "aws" } : { secretRef: { name: imagePull } }),
          // Only a loopback address may have this scheme.
          ...(registry.url.startsWith("http://") ? { insecure: true } : {}),
        },
      },
      {
        apiVersion: image,
        kind: "ImagePolicy",
        metadata: metadata(name),
        spec: { imageRepositoryRef: { name }, policy: { semver: { range } } },
      },
    ]),
    {
      apiVersion: image,
      kind: "ImageUpdateAutomation",
      metadata: metadata(operationsSource),
      spec: {
        interval: "5m0s",
        sourceRef: { kind: "GitRepository", name: operationsSource },
        git: {
          checkout: { ref: { branch: "main" } },
          commit: {
            author: { name: "Flux", email: `flux@${home.estate.domain}` },
            messageTemplate: message,
          },
          push: { branch: "main" },
        },
        update: { path: "./", strategy: "Setters" },
        ...state,
      },
    },
  ];
}
