/**
 * The ten tenants of the matrix. Their names begin each other in every way that a pattern with a missing separator would
 * confuse.
 */
export const matrixTenants: readonly { readonly name: string; readonly isolation: "namespace" | "vcluster" }[] = [
  { name: "team", isolation: "namespace" },
  { name: "team-a", isolation: "namespace" },
  { name: "team-ab", isolation: "namespace" },
  { name: "team-a-b", isolation: "namespace" },
  { name: "team-b", isolation: "namespace" },
  { name: "shop", isolation: "vcluster" },
  { name: "shop-eu", isolation: "vcluster" },
  { name: "pay", isolation: "namespace" },
  { name: "payments", isolation: "namespace" },
  { name: "x", isolation: "namespace" },
];
