import type { EstateFacts } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { helmAddress, mirroredChart, mirroredImage } from "../../model/mirror";
import { registryHost } from "../../model/names";
import type { ReleasePlan } from "../../model/release";
import { charts, images, versions } from "../../model/versions";
import { argocdNamespace, imageUpdaterAccount } from "./names";

const rbac = "rbac.authorization.k8s.io";

/** Kinds that its objects have. */
export const imageUpdaterGroup = "argocd-image-updater.argoproj.io";

/** A line for each change: `acme-payments/checkout: 1.4.0-7 -> 1.4.0-8`. The fields are Image Updater's own. */
const message = `Update images

{{ range .AppChanges }}{{ .Image }}: {{ .OldTag }} -> {{ .NewTag }}
{{ end }}`;

/**
 * Argo CD Image Updater beside Argo CD, in the same namespace, where alone it can work on Applications. The chart's own roles would let it
 * read every Secret there and write every Application: it has ours instead.
 */
export function imageUpdaterRelease(estate: EstateFacts): ReleasePlan {
  const { registry, mirror, domain } = estate;
  return {
    name: imageUpdaterAccount,
    namespace: argocdNamespace,
    ...helmAddress(mirroredChart(charts.argoCdImageUpdater, mirror)),
    version: versions.argoCdImageUpdater.installed,
    values: {
      crds: { install: true, keep: true },
      image: {
        repository: mirroredImage(images.argoCdImageUpdater, mirror),
        tag: `v${versions.argoCdImageUpdater.installed}`,
      },
      createClusterRoles: false,
      rbac: { enabled: false },
      serviceAccount: { create: true, name: imageUpdaterAccount },
      config: {
        "git.user": "Argo CD Image Updater",
        "git.email": `argocd-image-updater@${domain}`,
        "git.commit-message-template": message,
        // No credentials here: what stands in this file would be used for every tenant's images.
        registries: [{ name: "Tenants' images", prefix: registryHost(registry.url), api_url: registry.url }],
      },
    },
  };
}

/**
 * What it may do in Argo CD's namespace: read Applications and its own objects, and tell how it went. It writes no Application, because it
 * commits to Git; what it reads of Secrets, each home that wants it gives (image-updates.ts).
 */
export function imageUpdaterAccess(): KubernetesObject[] {
  const metadata = { name: imageUpdaterAccount, namespace: argocdNamespace, labels: platformLabels };
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata,
      rules: [
        { apiGroups: [imageUpdaterGroup], resources: ["imageupdaters"], verbs: ["get", "list", "watch", "update"] },
        { apiGroups: [imageUpdaterGroup], resources: ["imageupdaters/finalizers"], verbs: ["update"] },
        { apiGroups: [imageUpdaterGroup], resources: ["imageupdaters/status"], verbs: ["get", "update", "patch"] },
        { apiGroups: ["argoproj.io"], resources: ["applications"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["events"], verbs: ["create"] },
        // Which of its pods works.
        {
          apiGroups: ["coordination.k8s.io"],
          resources: ["leases"],
          verbs: ["get", "list", "watch", "create", "update", "patch"],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: imageUpdaterAccount },
      subjects: [{ kind: "ServiceAccount", name: imageUpdaterAccount, namespace: argocdNamespace }],
    },
  ];
}
