import type { AlertKind } from "../../model/alert";
import type { DeliveryAlert } from "../../model/gitops";

/** A request by which Argo CD tells somebody. Values that begin with a dollar are keys of the home's Secret. */
export interface Webhook {
  /** The service's own part: where, and as whom. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The message's own part. Path and body are Go templates; the body knows what happened (`$text`, `$event`, `$severity`). */
  readonly method: "POST" | "PUT";
  readonly path?: string;
  readonly body: string;
}

/** What Argo CD cannot send: it signs nothing. */
export type Unsent = "generic-hmac";

/** A key of the home's Secret: letters, digits and hyphens, which is what Argo CD finds in a service's settings. */
export const secretKey = ({ name }: Pick<DeliveryAlert, "name">, key: string): string => `${name}-${key}`;

const application = "{{ .app.metadata.name }}";
const link = "{{ .context.argocdUrl }}/applications/{{ .app.metadata.name }}";
const text = "{{ $text | toJson }}";

/** A JSON object, written by hand: values are templates, and those that are text quote themselves. */
const object = (fields: Readonly<Record<string, string | undefined>>): string =>
  `{${Object.entries(fields)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${JSON.stringify(key)}: ${value}`]))
    .join(", ")}}`;

/** A text of ours in JSON in a Go template: what would end or begin an action there is written as JSON may. */
const said = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value).replaceAll("{", "\\u007b").replaceAll("}", "\\u007d");

const json = { "Content-Type": "application/json" } as const;

/** By kind: what Flux sends to it in the same case, as far as people see it. */
const webhooks: Readonly<
  Record<Exclude<AlertKind, Unsent>, (alert: DeliveryAlert) => Omit<Webhook, "url"> & { url?: string }>
> = {
  slack: ({ channel }) => ({ headers: json, method: "POST", body: object({ channel: said(channel), text }) }),
  rocket: ({ channel }) => ({ headers: json, method: "POST", body: object({ channel: said(channel), text }) }),
  // Discord reads the one, and under an address that ends in /slack the other.
  discord: () => ({ headers: json, method: "POST", body: object({ content: text, text }) }),
  googlechat: () => ({ headers: json, method: "POST", body: object({ text }) }),
  msteams: () => ({
    headers: json,
    method: "POST",
    body: object({
      type: '"message"',
      attachments: `[${object({
        contentType: '"application/vnd.microsoft.card.adaptive"',
        content: object({
          type: '"AdaptiveCard"',
          version: '"1.4"',
          body: `[${object({ type: '"TextBlock"', wrap: "true", text })}]`,
        }),
      })}]`,
    }),
  }),
  alertmanager: () => ({
    headers: json,
    method: "POST",
    body: `[${object({
      labels: object({
        alertname: '"ArgoCD{{ $event }}"',
        severity: '"{{ $severity }}"',
        application: `"${application}"`,
        tenant: '"{{ $tenant }}"',
        environment: '"{{ $environment }}"',
      }),
      annotations: object({ message: text }),
      generatorURL: `"${link}"`,
    })}]`,
  }),
  generic: () => ({
    headers: json,
    method: "POST",
    body: object({
      involvedObject: object({
        kind: '"Application"',
        namespace: '"{{ .app.metadata.namespace }}"',
        name: `"${application}"`,
      }),
      severity: '"{{ $severity }}"',
      reason: '"{{ $event }}"',
      message: text,
      metadata: object({ tenant: '"{{ $tenant }}"', environment: '"{{ $environment }}"' }),
      reportingController: '"argocd"',
    }),
  }),
  matrix: (alert) => ({
    headers: { ...json, Authorization: `Bearer $${secretKey(alert, "token")}` },
    method: "PUT",
    path: `_matrix/client/v3/rooms/${encodeURIComponent(alert.channel ?? "")}/send/m.room.message/{{ .app.metadata.uid }}-{{ now | unixEpoch }}`,
    body: object({ msgtype: '"m.text"', body: text }),
  }),
  telegram: (alert) => ({
    url: `$${secretKey(alert, "address")}/bot$${secretKey(alert, "token")}`,
    headers: json,
    method: "POST",
    path: "sendMessage",
    body: object({ chat_id: said(alert.channel ?? ""), text }),
  }),
  opsgenie: (alert) => ({
    headers: { ...json, Authorization: `GenieKey $${secretKey(alert, "token")}` },
    method: "POST",
    body: object({
      message: `"${application}: {{ $event }}"`,
      description: text,
      details: object({
        severity: '"{{ $severity }}"',
        tenant: '"{{ $tenant }}"',
        environment: '"{{ $environment }}"',
      }),
    }),
  }),
};

/** How an alert of a kind is sent. */
export function webhook(alert: DeliveryAlert): Webhook {
  const { kind } = alert;
  if (kind === "generic-hmac") throw new RangeError("Argo CD signs nothing that it sends; tenants/ has told of it");
  return { url: `$${secretKey(alert, "address")}`, ...webhooks[kind](alert) };
}
