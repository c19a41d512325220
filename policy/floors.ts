import { serviceCharts } from "../model/services";

/** The oldest version of a product without the vulnerabilities that a tenant could use against another. */
export interface Floor {
  readonly product: string;
  readonly version: string;
  /** What is open below it. */
  readonly advisories: string;
  /** The end of an image's name, between slashes. */
  readonly images: readonly string[];
  /** Its chart; the product's version, where the chart has one of its own, by the chart's. */
  readonly chart?: { readonly name: string; readonly product?: (version: string) => string | undefined };
  /** Why what Estate itself installs is older, while it is: it is told then and not refused. */
  readonly behind?: string;
}

/** Kyverno's charts are its minor less ten, in major 3: chart 3.9.1 has Kyverno 1.19.1. */
const kyvernoOf = (chart: string): string | undefined => {
  const [, minor, patch] = /^3\.(\d+)\.(\d+)/.exec(chart) ?? [];
  return minor === undefined || patch === undefined ? undefined : `1.${String(Number(minor) + 10)}.${patch}`;
};

/** HashiCorp numbers chart and program apart; the model knows the pair that Estate installs. */
const vaultOf = (chart: string): string | undefined =>
  chart === serviceCharts.vault.version ? serviceCharts.vault.program : undefined;

/**
 * The table. Numbers and versions are those of the threat list that Estate was built by (2026-11), which has them from the
 * projects' advisories; no advisory could be read where this was written. Check them before you tell others.
 */
export const floors: readonly Floor[] = [
  {
    product: "Argo CD",
    version: "3.4.10",
    advisories:
      "CVE-2026-77459 (hooks pass an AppProject's limits), CVE-2026-42880, CVE-2025-55190 (a project's credentials)",
    images: ["argoproj/argocd"],
  },
  {
    product: "External Secrets",
    // The first minor after the advisories of June 2026; only the newest minor is supported.
    version: "2.8.0",
    advisories: "CVE-2026-42875, CVE-2026-42876, GHSA-77v3, GHSA-fcxq (secrets of other namespaces)",
    images: ["external-secrets/external-secrets"],
    chart: { name: "external-secrets", product: (chart) => chart },
  },
  {
    product: "Kyverno",
    version: "1.19.2",
    advisories: "CVE-2026-22039, CVE-2026-54523 and later (policies in a namespace act with the controller's rights)",
    images: ["kyverno/kyverno", "kyverno/background-controller"],
    chart: { name: "kyverno", product: kyvernoOf },
    behind:
      "the newest that Estate's tests can have is 1.19.1; tenants may make none of its policies (guardrail kinds)",
  },
  {
    product: "Vault",
    version: "2.2.2",
    advisories: "CVE-2026-89322 (evaluation of policies), CVE-2026-3605",
    images: ["hashicorp/vault"],
    chart: { name: "vault", product: vaultOf },
    behind:
      "the chart that Estate installs has an older one; Estate's policies use no deny, whose evaluation is one of them",
  },
];
