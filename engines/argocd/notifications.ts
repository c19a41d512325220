import type { DeliveryAlert } from "../../model/gitops";
import type { EstateFacts, TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { label } from "../../model/labels";
import { hasCredentials } from "../../model/people";
import { serviceHost } from "../../model/services";
import { engineSecret } from "./credential";
import { argocdImage, imageName } from "./image";
import { argocdNamespace, notifierPrefix } from "./names";
import { secretKey, webhook } from "./webhooks";

const rbac = "rbac.authorization.k8s.io";

const revision = "app.status?.operationState?.syncResult?.revision";

/**
 * What is told, when, and by which words. The conditions are expressions and the words Go templates of Argo CD's own. With `once`, it is
 * told once for each value of that, as what is tried again fails again; without, each time that it begins.
 */
const events = [
  {
    name: "SyncFailed",
    severity: "error",
    when: "app.status?.operationState?.phase in ['Error', 'Failed']",
    once: `${revision} ?? app.status?.operationState?.startedAt`,
    why: '$why := dig "status" "operationState" "message" "" .app',
    text: "sync failed: %s",
  },
  {
    name: "Degraded",
    severity: "error",
    when: "app.status?.health?.status == 'Degraded'",
    once: `${revision} ?? app.status?.health?.lastTransitionTime`,
    why: '$why := dig "status" "health" "message" "" .app',
    text: "what runs is degraded: %s",
  },
  {
    name: "NotRendered",
    severity: "error",
    when: "app.status?.sync?.status == 'Unknown'",
    once: undefined,
    why: '$why := dig "status" "conditions" (list) .app | toJson',
    text: "what is in Git cannot be compared with what runs: %s",
  },
  {
    name: "Synced",
    severity: "info",
    when: "app.status?.operationState?.phase in ['Succeeded']",
    once: revision,
    why: '$why := dig "status" "operationState" "syncResult" "revision" "" .app',
    text: "synced %s",
  },
] as const;

/** The trigger of each severity. Who wants the successes, too, is subscribed to both. */
const triggers = { error: "on-error", info: "on-info" } as const;

/**
 * Annotations by which a tenant's Applications are told of. They name a trigger and a service of the home's own settings, and no address;
 * only the platform writes Applications.
 */
export function subscriptions(alerts: readonly DeliveryAlert[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    alerts.flatMap(({ name, severity }) =>
      (severity === "info" ? [triggers.error, triggers.info] : [triggers.error]).map((trigger) => [
        `notifications.argoproj.io/subscribe.${trigger}.${name}`,
        name,
      ]),
    ),
  );
}

/** JSON is YAML. */
const yaml = (value: Json): string => JSON.stringify(value);

/** The settings of one home's controller: a service and its messages for each alert, and no value of a secret. */
function settings(
  { estate, tenant, environment }: TenantHome,
  plane: string,
  alerts: readonly DeliveryAlert[],
): Record<string, string> {
  const ways = alerts.map((alert) => ({ name: alert.name, ...webhook(alert) }));
  const templates = events.map(({ name, severity, why, text }): [string, string] => {
    const facts = [
      `$event := ${JSON.stringify(name)}`,
      `$severity := ${JSON.stringify(severity)}`,
      `$tenant := ${JSON.stringify(tenant.name)}`,
      `$environment := ${JSON.stringify(environment.name)}`,
      why,
      `$text := printf ${JSON.stringify(`%s: ${text}`)} .app.metadata.name $why`,
    ];
    const known = facts.map((fact) => `{{- ${fact} -}}`).join("");
    const messages = ways.map(({ name: service, method, path, body }): [string, Json] => [
      service,
      { method, ...(path === undefined ? {} : { path }), body: `${known}${body}` },
    ]);
    return [`template.${name}`, yaml({ webhook: Object.fromEntries(messages) })];
  });
  const conditions = (severity: keyof typeof triggers): Json =>
    events
      .filter((event) => event.severity === severity)
      .map(({ name, when, once }) => ({ when, send: [name], ...(once === undefined ? {} : { oncePer: once }) }));
  return {
    context: yaml({ argocdUrl: `https://${serviceHost("argocd", plane, estate.domain)}` }),
    ...Object.fromEntries(
      ways.map(({ name, url, headers }) => [
        `service.webhook.${name}`,
        yaml({ url, headers: Object.entries(headers).map(([header, value]) => ({ name: header, value })) }),
      ]),
    ),
    ...Object.fromEntries(templates),
    [`trigger.${triggers.error}`]: yaml(conditions("error")),
    [`trigger.${triggers.info}`]: yaml(conditions("info")),
  };
}

/** Argo CD's own program for it, for one home's Applications, settings and Secret. */
function controller(home: TenantHome, estate: EstateFacts, name: string): KubernetesObject {
  const selected = { [label.tenant]: home.tenant.name, [label.environment]: home.environment.name };
  const pods = { ...selected, "app.kubernetes.io/name": "argocd-notifications" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name,
      namespace: argocdNamespace,
      labels: home.labels,
      // Nothing waits for a pod of it.
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: pods },
      template: {
        metadata: { labels: pods },
        spec: {
          serviceAccountName: name,
          nodeSelector: { "kubernetes.io/os": "linux" },
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "notifications",
              image: imageName(argocdImage(estate)),
              args: [
                "/usr/local/bin/argocd-notifications",
                `--config-map-name=${name}`,
                `--secret-name=${name}`,
                `--app-label-selector=${Object.entries(selected)
                  .map(([key, value]) => `${key}=${value}`)
                  .join(",")}`,
              ],
              workingDir: "/app",
              livenessProbe: { tcpSocket: { port: 9001 } },
              resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [{ name: "tls-certs", mountPath: "/app/config/tls" }],
            },
          ],
          volumes: [{ name: "tls-certs", configMap: { name: "argocd-tls-certs-cm", optional: true } }],
        },
      },
    },
  };
}

/**
 * Who tells of a home's deliveries: a controller of its own, as an account of its own. Argo CD has one ConfigMap and one Secret for all
 * that a controller sends, so with one for everybody, a tenant's address would lie with the others', and one that cannot be
 * read would silence all. This one reads its own two by name, and writes on its own Applications alone.
 */
export function notificationObjects(
  home: TenantHome,
  plane: string,
  alerts: readonly DeliveryAlert[],
  applications: readonly string[],
): KubernetesObject[] {
  if (alerts.length === 0 || !hasCredentials(home.tenant)) return [];
  const name = `${notifierPrefix}${home.namespace}`;
  const metadata = { name, namespace: argocdNamespace, labels: home.labels };
  const verbs = ["get", "list", "watch"];
  return [
    engineSecret(home, {
      name,
      values: Object.fromEntries(
        alerts.flatMap((alert) =>
          alert.keys.map((property) => [secretKey(alert, property), { from: alert.secret, property }]),
        ),
      ),
    }),
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: settings(home, plane, alerts) },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata,
      rules: [
        { apiGroups: [""], resources: ["configmaps", "secrets"], resourceNames: [name], verbs },
        { apiGroups: ["argoproj.io"], resources: ["applications", "appprojects"], verbs },
        // What it has told, it notes on the Application.
        { apiGroups: ["argoproj.io"], resources: ["applications"], resourceNames: [...applications], verbs: ["patch"] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: argocdNamespace }],
    },
    controller(home, home.estate, name),
  ];
}
