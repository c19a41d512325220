import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { plan, tenant } from "../support/fixtures";

function alerts(notifications: unknown): KubernetesObject[] {
  const [planned] = plan([tenant("team-a", { notifications })]).tenants;
  const home = planned?.homes.find(({ environment }) => environment === "prod");
  return (home?.objects ?? []).filter(({ metadata }) => metadata.name.startsWith("notify-"));
}

describe("notifications", () => {
  it("take their address from Vault, and tell of the home's own objects only", () => {
    const [secret, provider, alert] = alerts([{ kind: "slack", channel: "payments" }]);
    expect(secret).toMatchObject({
      kind: "ExternalSecret",
      spec: { data: [{ secretKey: "address", remoteRef: { key: "team-a/prod/notifications", property: "address" } }] },
    });
    expect(provider).toMatchObject({
      kind: "Provider",
      metadata: { name: "notify-slack", namespace: "team-a-prod" },
      spec: { type: "slack", channel: "payments", secretRef: { name: "notify-slack" } },
    });
    expect(alert).toMatchObject({
      kind: "Alert",
      spec: { providerRef: { name: "notify-slack" }, eventSeverity: "error" },
    });
    const { eventSources } = alert?.spec as unknown as { eventSources: Record<string, unknown>[] };
    expect(eventSources.length).toBeGreaterThan(2);
    for (const source of eventSources) expect(source).not.toHaveProperty("namespace");
  });

  it("ask for a token where the kind has one", () => {
    const [secret] = alerts([{ kind: "matrix", name: "room", secret: "alerts" }]);
    expect(secret).toMatchObject({
      metadata: { name: "notify-room" },
      spec: {
        data: [
          { secretKey: "address", remoteRef: { key: "team-a/prod/alerts" } },
          { secretKey: "token", remoteRef: { key: "team-a/prod/alerts" } },
        ],
      },
    });
  });

  it("are told apart by name", () => {
    const two = [{ kind: "slack" }, { kind: "slack", name: "management", severity: "info" }];
    expect(
      alerts(two)
        .filter(({ kind }) => kind === "Alert")
        .map(({ metadata }) => metadata.name),
    ).toEqual(["notify-slack", "notify-management"]);
    expect(() => alerts([{ kind: "slack" }, { kind: "slack" }])).toThrow("two notifications have one name");
    expect(alerts(undefined)).toEqual([]);
  });
});
