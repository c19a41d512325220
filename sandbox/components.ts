import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What the sandbox can bring for a Helm chart, and for an operator's component: its real CRDs. Charts are known by the
 * last part of their name, so `oci://.../charts/flux-operator` and `flux-operator` are one.
 */
const componentOfChart: Readonly<Record<string, string>> = {
  "flux-operator": "flux-operator",
  "external-secrets": "external-secrets",
  "argo-cd": "argo-cd",
  "argocd-image-updater": "argocd-image-updater",
  "cloudnative-pg": "cloudnative-pg",
};

/** Whether the sandbox knows this chart. */
export function knowsChart(chart: string): boolean {
  return componentNameOf(chart) !== undefined;
}

/** The CRDs a chart would bring; an empty list for a chart the sandbox does not know. */
export function crdsOfChart(chart: string, env: NodeJS.ProcessEnv = process.env): object[] {
  const component = componentNameOf(chart);
  return component === undefined ? [] : (crdsOfComponent(component, env) ?? []);
}

/**
 * The CRDs of a component (`source-controller`), from the folder in ESTATE_MANIFESTS; undefined for one the sandbox does
 * not have. This reads no checkout, so that it works in a bundle.
 */
export function crdsOfComponent(component: string, env: NodeJS.ProcessEnv = process.env): object[] | undefined {
  const folder = env["ESTATE_MANIFESTS"];
  if (folder === undefined || folder === "") {
    throw new Error("ESTATE_MANIFESTS is not set: it comes from `npm run sandbox -- env`");
  }
  if (!/^[a-z0-9-]+$/.test(component)) return undefined;
  let text: string;
  try {
    text = readFileSync(join(folder, `${component}.json`), "utf8");
  } catch {
    return undefined;
  }
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new Error(`${component}.json in ESTATE_MANIFESTS is no list`);
  return parsed.filter((entry): entry is object => typeof entry === "object" && entry !== null);
}

function componentNameOf(chart: string): string | undefined {
  const name = chart.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return Object.hasOwn(componentOfChart, name) ? componentOfChart[name] : undefined;
}
