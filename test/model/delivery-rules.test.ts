import { parser } from "@prometheus-io/lezer-promql";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { deliveryMetrics, deliveryRules } from "../../model/addons/delivery-rules";
import { fluxComponents } from "../../model/controllers";
import type { Json } from "../../model/kubernetes";
import { moduleDir } from "../../sandbox/toolchain/manifests";
import { Definitions } from "../support/definitions";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

const rules = deliveryRules
  .filter(({ kind }) => kind === "PrometheusRule")
  .flatMap(({ spec }) => (spec as unknown as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules));

/** Places in an expression that Prometheus could not read. */
function mistakes(expr: string): number[] {
  const at: number[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) at.push(from);
    },
  });
  return at;
}

const sources = {
  "flux-operator": "internal/reporter",
  "external-secrets": "pkg/controllers/externalsecret/esmetrics",
} as const;

describe("rules of delivery", () => {
  let definitions: Definitions;
  beforeAll(async () => {
    definitions = await Definitions.load("prometheus-operator");
  }, 300_000);

  it("and monitors are what the real CRDs take", () => {
    for (const object of deliveryRules) expect(definitions.complaints(object), object.metadata.name).toEqual([]);
    const [monitor] = deliveryRules;
    const wrong = { ...monitor, spec: { ...(monitor?.["spec"] as Record<string, Json>), selektor: {} } };
    expect(definitions.complaints(wrong as never)).not.toEqual([]);
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr] as const))("%s is PromQL: %s", (_alert, expr) => {
    expect(mistakes(expr)).toEqual([]);
    expect(mistakes(`${expr} > (`)).not.toEqual([]);
  });

  it.each(Object.entries(sources))("name metrics and labels that %s has", async (component, folder) => {
    const dir = join(await moduleDir(component), folder);
    const source = readdirSync(dir)
      .filter((name) => name.endsWith(".go") && !name.endsWith("_test.go"))
      .map((name) => readFileSync(join(dir, name), "utf8"))
      .join("\n");
    for (const metric of deliveryMetrics[component as keyof typeof deliveryMetrics]) {
      // Go code may put a name together of a subsystem and the rest.
      const [first = "", ...rest] = metric.split("_");
      const whole = source.includes(`"${metric}"`);
      expect(whole || (source.includes(`"${first}"`) && source.includes(`"${rest.join("_")}"`)), metric).toBe(true);
      expect(
        rules.some(({ expr }) => expr.includes(metric)),
        metric,
      ).toBe(true);
    }
    if (component !== "flux-operator") return;
    for (const label of ["exported_namespace", "ready", "suspended", "kind", "name", "reason"])
      expect(source, label).toContain(`"${label}"`);
  });

  it("watch each controller, and tell of a tenant by labels", () => {
    for (const component of fluxComponents)
      expect(rules.filter(({ expr }) => expr.includes(`pod=~"${component}-.+"`))).toHaveLength(1);
    const ofTenants = rules.filter(({ alert }) => alert.startsWith("Tenant"));
    expect(ofTenants.length).toBeGreaterThan(3);
    for (const { expr } of ofTenants)
      expect(expr).toMatch(/label_replace\(label_replace\(.*"tenant", .*"environment", /);
    for (const { labels } of rules)
      expect(labels).toMatchObject({ cluster: "${estate.cluster}", estate: "${estate.name}" });
  });
});
