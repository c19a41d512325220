import type { UpdatedApplication } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { deliverySecret, imageRepository } from "../../model/names";
import { imagesFolder } from "../../model/pipeline";
import { engineSecret, repositorySecret } from "./credential";
import { imageUpdaterGroup } from "./image-updater";
import { argocdNamespace, imageUpdaterAccount, placeName } from "./names";

const rbac = "rbac.authorization.k8s.io";
const dockerConfig = ".dockerconfigjson";

/** Names in Argo CD's namespace of what updates a home's images. */
const nameOf = ({ namespace }: TenantHome): string => `images-${namespace}`;

/**
 * Whether images are written into the home's repository: only where changes are open, since what is gated moves by promotion, and
 * nothing of a tenant that is not active.
 */
const updates = ({ environment, tenant }: TenantHome, applications: readonly UpdatedApplication[]): boolean =>
  applications.length > 0 && environment.gate === "open" && tenant.state === "active";

/**
 * What Image Updater reads for a home: the login to the repository (that of an environment with image updates may write there, and
 * nowhere else) and to the tenant's images. These two Secrets by name, so that it reads no Secret of a home that has none.
 */
export function imageUpdateAccess(home: TenantHome, applications: readonly UpdatedApplication[]): KubernetesObject[] {
  if (!updates(home, applications)) return [];
  const name = nameOf(home);
  const metadata = { name, namespace: argocdNamespace, labels: home.labels };
  return [
    engineSecret(home, {
      name,
      values: { [dockerConfig]: { from: deliverySecret, property: "dockerconfigjson" } },
      template: { type: "kubernetes.io/dockerconfigjson" },
    }),
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata,
      rules: [
        {
          apiGroups: [""],
          resources: ["secrets"],
          resourceNames: [name, repositorySecret(home.namespace)],
          verbs: ["get"],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name: imageUpdaterAccount, namespace: argocdNamespace }],
    },
  ];
}

/**
 * Image Updater watches the application's images and commits the newest version in range to `images/kustomization.yaml`, the file that
 * promotion carries on. It works on one Application by its whole name: an environment on several clusters has one repository.
 * An image that does not run yet is updated, too (`forceUpdate`).
 */
export function imageUpdateObjects(
  home: TenantHome,
  clusters: readonly string[],
  applications: readonly UpdatedApplication[],
): KubernetesObject[] {
  const [cluster] = clusters;
  if (cluster === undefined || !updates(home, applications)) return [];
  return [
    {
      apiVersion: `${imageUpdaterGroup}/v1alpha1`,
      kind: "ImageUpdater",
      metadata: { name: home.namespace, namespace: argocdNamespace, labels: home.labels },
      spec: {
        writeBackConfig: {
          method: `git:secret:${argocdNamespace}/${repositorySecret(home.namespace)}`,
          gitConfig: { branch: "main", writeBackTarget: `kustomization:/${imagesFolder}` },
        },
        applicationRefs: [
          {
            namePattern: placeName(home.namespace, cluster),
            images: applications.map(({ name, range }) => ({
              alias: name,
              imageName: `${imageRepository(home.estate, home.tenant.name, name)}:${range}`,
              commonUpdateSettings: {
                updateStrategy: "semver",
                forceUpdate: true,
                pullSecret: `pullsecret:${argocdNamespace}/${nameOf(home)}`,
              },
            })),
          },
        ],
      },
    },
  ];
}
