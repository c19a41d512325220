import { describe, expect, it } from "vitest";
import { alertKinds, type AlertKind } from "../../model/alert";
import type { KubernetesObject } from "../../model/kubernetes";
import type { TenantPlan } from "../../plan/tenant";
import { plan, settings, tenant } from "../support/fixtures";
import { publicHosts, textsOf } from "../support/images";

const under = settings({
  gitops: { kind: "argocd" },
  products: { shop: { repository: "https://git.example.com/shop.git", path: ".", channels: { stable: "^2" } } },
});
const sent = (Object.keys(alertKinds) as AlertKind[]).filter((kind) => kind !== "generic-hmac");
const planned = (notifications: object[], change: Record<string, unknown> = {}): TenantPlan => {
  const shop = [{ name: "shop", source: { kind: "product", product: "shop" } }];
  const team = tenant("team-a", { applications: shop, notifications, ...change });
  const found = plan([team, tenant("team-ab", { notifications })], under).tenants[0];
  if (found === undefined) throw new Error("no plan of team-a");
  return found;
};
const named = ({ central }: TenantPlan, kind: string, name: string): KubernetesObject => {
  const found = [...(central?.objects ?? []), ...(central?.deliveries ?? [])].find(
    (object) => object.kind === kind && object.metadata.name === name,
  );
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const settingsOf = (one: TenantPlan): Record<string, string> =>
  named(one, "ConfigMap", "notifications-team-a-dev")["data"] as unknown as Record<string, string>;

interface Template {
  readonly webhook: Readonly<
    Record<string, { readonly method: string; readonly path?: string; readonly body: string }>
  >;
}
const parsed = (text: string | undefined): unknown => JSON.parse(text ?? "");
const templateOf = (one: TenantPlan, event: string): Template["webhook"] =>
  (parsed(settingsOf(one)[`template.${event}`]) as Template).webhook;

/** What a template makes where each action stands for a word; a word of JSON where the action says so. */
const filled = (template: string): string =>
  template
    .replaceAll(/\{\{- .*? -\}\}/g, "")
    .replaceAll(/\{\{ [^}]*\| toJson \}\}/g, '"words"')
    .replaceAll(/\{\{ [^}]* \}\}/g, "word");

describe("who tells of a home's deliveries", () => {
  const one = planned([
    { kind: "slack", channel: "ops" },
    { kind: "opsgenie", secret: "pager", severity: "info" },
  ]);

  it("reads its own settings and its own Secret, and writes on the home's own Applications alone", () => {
    expect(named(one, "Role", "notifications-team-a-dev")["rules"]).toEqual([
      {
        apiGroups: [""],
        resources: ["configmaps", "secrets"],
        resourceNames: ["notifications-team-a-dev"],
        verbs: ["get", "list", "watch"],
      },
      { apiGroups: ["argoproj.io"], resources: ["applications", "appprojects"], verbs: ["get", "list", "watch"] },
      {
        apiGroups: ["argoproj.io"],
        resources: ["applications"],
        resourceNames: ["team-a-dev.dev", "team-a-dev.dev.product-shop"],
        verbs: ["patch"],
      },
    ]);
    const { template } = named(one, "Deployment", "notifications-team-a-dev")["spec"] as unknown as {
      template: { spec: { serviceAccountName: string; containers: { image: string; args: string[] }[] } };
    };
    expect(template.spec.serviceAccountName).toBe("notifications-team-a-dev");
    expect(template.spec.containers.map(({ image, args }) => [image, ...args])).toEqual([
      [
        "quay.io/argoproj/argocd:v3.6.1",
        "/usr/local/bin/argocd-notifications",
        "--config-map-name=notifications-team-a-dev",
        "--secret-name=notifications-team-a-dev",
        "--app-label-selector=estate.dev/tenant=team-a,estate.dev/environment=dev",
      ],
    ]);
  });

  it("has its values from the environment's own folder in Vault, and none of them in its settings", () => {
    const { data } = named(one, "ExternalSecret", "notifications-team-a-dev")["spec"] as unknown as { data: unknown };
    expect(data).toEqual([
      { secretKey: "slack-address", remoteRef: { key: "team-a/dev/notifications", property: "address" } },
      { secretKey: "opsgenie-address", remoteRef: { key: "team-a/dev/pager", property: "address" } },
      { secretKey: "opsgenie-token", remoteRef: { key: "team-a/dev/pager", property: "token" } },
    ]);
    const own = settingsOf(one);
    expect(parsed(own["service.webhook.opsgenie"])).toEqual({
      url: "$opsgenie-address",
      headers: [
        { name: "Content-Type", value: "application/json" },
        { name: "Authorization", value: "GenieKey $opsgenie-token" },
      ],
    });
    // Argo CD finds a key where a word begins with a dollar; every key that is named is there.
    const keys = new Set((data as { secretKey: string }[]).map(({ secretKey }) => secretKey));
    const services = Object.entries(own).filter(([name]) => name.startsWith("service."));
    const asked = services.flatMap(([, text]) => [...text.matchAll(/\$([\w-]+)/g)].map(([, key]) => key));
    expect(new Set(asked)).toEqual(keys);
  });

  it("is asked by the tenant's Applications: of failures by all, of successes by those that say so", () => {
    for (const set of ["team-a", "team-a.product-shop"]) {
      const { template } = named(one, "ApplicationSet", set)["spec"] as unknown as {
        template: { metadata: { annotations: unknown } };
      };
      expect(template.metadata.annotations).toEqual({
        "notifications.argoproj.io/subscribe.on-error.slack": "slack",
        "notifications.argoproj.io/subscribe.on-error.opsgenie": "opsgenie",
        "notifications.argoproj.io/subscribe.on-info.opsgenie": "opsgenie",
      });
    }
    const sends = (trigger: string): string[] =>
      (parsed(settingsOf(one)[`trigger.${trigger}`]) as { send: string[] }[]).flatMap(({ send }) => send);
    expect(sends("on-error")).toEqual(["SyncFailed", "Degraded", "NotRendered"]);
    expect(sends("on-info")).toEqual(["Synced"]);
    for (const event of [...sends("on-error"), ...sends("on-info")])
      expect(Object.keys(templateOf(one, event))).toEqual(["slack", "opsgenie"]);
  });

  it("is there for homes that want alerts, and of no tenant on its way out", () => {
    const deployments = (tenantPlan: TenantPlan): string[] =>
      (tenantPlan.central?.objects ?? [])
        .filter(({ kind }) => kind === "Deployment")
        .map(({ metadata }) => metadata.name);
    expect(deployments(one)).toEqual(["notifications-team-a-dev", "notifications-team-a-prod"]);
    expect(deployments(planned([]))).toEqual([]);
    expect(deployments(planned([{ kind: "slack" }], { lifecycle: { state: "suspended" } }))).toHaveLength(2);
    expect(deployments(planned([{ kind: "slack" }], { lifecycle: { state: "retiring" } }))).toEqual([]);
  });
});

describe("a message", () => {
  const one = planned(sent.map((kind) => ({ kind, channel: "#ops {{ .secrets }}" })));

  it.each(sent)("to %s is JSON, whatever the channel is called, and says what happened", (kind) => {
    for (const event of ["SyncFailed", "Degraded", "NotRendered", "Synced"]) {
      const { method, body, path = "" } = templateOf(one, event)[kind] ?? { method: "", body: "" };
      expect(["POST", "PUT"]).toContain(method);
      const message: unknown = JSON.parse(filled(body));
      expect(JSON.stringify(message)).toContain('"words"');
      // The channel is the tenant's own word, and no template.
      expect(body + path).not.toContain(".secrets }}");
    }
  });

  it("names the channel where the kind has several", () => {
    const channels = ["slack", "rocket", "telegram"].map((kind) => {
      const { body = "" } = templateOf(one, "Synced")[kind] ?? {};
      const message = JSON.parse(filled(body)) as { channel?: string; chat_id?: string };
      return message.channel ?? message.chat_id;
    });
    expect(channels).toEqual(Array(3).fill("#ops {{ .secrets }}"));
    const { path } = templateOf(one, "Synced")["matrix"] ?? {};
    expect(path).toContain("/rooms/%23ops%20%7B%7B%20.secrets%20%7D%7D/send/");
  });

  it("of which Argo CD knows none is refused before the plan, and stops it", () => {
    expect(() => planned([{ kind: "generic-hmac" }])).toThrow(/signs nothing/);
  });
});

it("comes from the mirror, as all of Argo CD does, and from nowhere else", () => {
  const mirror = { charts: "oci://mirror.example.com/charts", images: "mirror.example.com" };
  const team = tenant("team-a", {
    notifications: [{ kind: "slack" }],
    applications: [{ name: "web", imageUpdates: { range: "^1" } }],
  });
  const texts = (own: object): string[] => textsOf(plan([team], settings({ gitops: { kind: "argocd" }, ...own })));
  expect(texts({ mirror }).filter((text) => publicHosts.test(text))).toEqual([]);
  const met = texts({}).filter((text) => publicHosts.test(text));
  for (const image of ["argoprojlabs/argocd-image-updater", "argoproj/argocd:v"])
    expect(met.filter((text) => text.includes(image))).not.toEqual([]);
});
