import { Release } from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import type { Json } from "../../model/kubernetes";
import type { ReleasePlan } from "../../plan/platform";

export interface HelmReleaseArgs {
  readonly plan: ReleasePlan;
  /** The namespace's name, from the resource that makes it. */
  readonly namespace: pulumi.Output<string>;
  /** Values that only the run knows, laid over the plan's. */
  readonly values?: RunValues;
}

/** Maps of values that only the run knows. */
export interface RunValues {
  readonly [key: string]: pulumi.Output<string> | RunValues;
}

/** A release that Pulumi installs, hardened: pinned, and waiting for pods only where the same run talks to them. */
export class HelmRelease extends Release {
  constructor(name: string, { plan, namespace, values = {} }: HelmReleaseArgs, opts: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        name: plan.name,
        namespace,
        chart: plan.chart,
        version: plan.version,
        ...(plan.repository === undefined ? {} : { repositoryOpts: { repo: plan.repository } }),
        values: together(plan.values, values),
        ...(plan.wait === undefined
          ? { skipAwait: true }
          : { skipAwait: false, timeout: plan.wait.seconds, waitForJobs: plan.wait.jobs }),
      },
      opts,
    );
  }
}

/** A map of JSON, as far as there is one. */
function mapOf(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}

/** The plan's values with the run's in them. */
function together(plan: ReleasePlan["values"], known: RunValues): Readonly<Record<string, unknown>> {
  const inner = Object.entries(known).map(([key, value]): [string, unknown] => [
    key,
    pulumi.Output.isInstance(value) ? value : together(mapOf(plan[key]), value),
  ]);
  return { ...plan, ...Object.fromEntries(inner) };
}
