/** Begins the names of personal sandboxes; no tenant is called so while there are any. */
const sandboxPrefix = "sandbox";

/** Longest name of a sandbox: its namespace's label values stay far below their limit of 63. */
export const sandboxNameLength = 40;

/** What stands where a tenant has its environment. */
export const sandboxEnvironment = "sandbox";

/** A personal namespace. Everything of it carries this name as its tenant's. */
export function sandboxNamespace(name: string): string {
  return `${sandboxPrefix}-${name}`;
}

/** Whether a tenant of this name could be taken for a sandbox: by a namespace of its, by its label, by its images' project. */
export function isLikeSandbox(tenant: string): boolean {
  return tenant === sandboxPrefix || tenant.startsWith(`${sandboxPrefix}-`);
}
