import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { isRecord } from "../../clients";
import {
  externalSecretsValues,
  secretsControllerArguments,
  secretsControllerDefaults,
  secretsControllerName,
  secretsControllerValues,
} from "../../model/secrets-controller";
import { versions } from "../../model/versions";
import { chartObjects } from "../../sandbox/operators/external-secrets-roles";
import { componentVersion, moduleDir } from "../../sandbox/toolchain/manifests";
import { tools } from "../../sandbox/toolchain/tools";
import { Chart } from "../support/chart";
import { plan } from "../support/fixtures";

// The chart in External Secrets' own module, rendered, says what a release's values make of its controller.

let chart: Chart | undefined;
beforeAll(async () => {
  const there = await moduleDir("external-secrets").catch(() => undefined);
  if (there !== undefined) chart = await Chart.load("external-secrets", "deploy/charts/external-secrets");
}, 120_000);

const planned = plan([]).clusters.flatMap(({ platform }) =>
  platform.releases.filter(({ name }) => name === "external-secrets"),
);

/** What decides about the controller, each way. */
const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["the plan's values", externalSecretsValues],
  ["the chart's own values", {}],
  [
    "single switches",
    { processClusterPushSecret: false, processClusterGenerator: false, openshiftFinalizers: false, concurrent: 3 },
  ],
];

describe.each(cases)("External Secrets' controller, with %s", (_what, given) => {
  let objects: Record<string, unknown>[];
  beforeEach((context) => {
    if (chart === undefined) return context.skip("its module cannot be had here: that needs Go");
    // What concerns only pods asks the cluster what it is.
    const off = { enabled: false };
    const values = chart.merged({ ...given, podSecurityContext: off, securityContext: off });
    objects = ["rbac.yaml", "serviceaccount.yaml", "deployment.yaml"].flatMap(
      (file) => chart?.render(file, "es", values, "somewhere") ?? [],
    );
  });

  it("has the arguments that the chart gives its container", () => {
    const deployment = objects.find(({ kind }) => kind === "Deployment");
    const text = JSON.stringify(deployment);
    const args = secretsControllerArguments(secretsControllerValues(given).values);
    expect(text).toContain(`"args":${JSON.stringify(args)}`);
    expect(text).toContain(`"serviceAccountName":"${secretsControllerName("es")}"`);
  });

  it("has the identity and the rights that the chart gives it, and no others", () => {
    const place = { release: "es", namespace: "somewhere", version: chart?.version ?? "" };
    const own = chartObjects(place, secretsControllerValues(given).values);
    expect(sorted(own)).toEqual(sorted(objects.filter(({ kind }) => kind !== "Deployment")));
  });
});

/** Order says nothing in lists of rules, resources, verbs and objects. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

describe("the table", () => {
  it("is what the plan installs by, with no value that it does not know of", () => {
    expect(planned.map(({ values }) => values)).toEqual([
      externalSecretsValues,
      externalSecretsValues,
      externalSecretsValues,
    ]);
    const { values, others } = secretsControllerValues(externalSecretsValues);
    expect(others).toEqual(["installCRDs", "webhook", "certController"]);
    expect(values).toEqual({
      ...secretsControllerDefaults,
      processClusterStore: false,
      processClusterExternalSecret: false,
      processPushSecret: false,
      processClusterPushSecret: false,
    });
  });

  it("names the chart's objects as the chart does", () => {
    expect(["external-secrets", "my-external-secrets", "es"].map(secretsControllerName)).toEqual([
      "external-secrets",
      "my-external-secrets",
      "es-external-secrets",
    ]);
  });

  it("has the version of the CRDs and of the program", () => {
    const { rehearsed } = versions.externalSecrets;
    expect(componentVersion("external-secrets")).toBe(`v${rehearsed}`);
    expect(tools.find(({ name }) => name === "external-secrets")?.version).toBe(rehearsed);
  });
});
