/**
 * What features ask of the systems that several tenants share. A capability is named by what it does; the backend that
 * serves it is named by its product (`secrets` is served by Vault). Plain data: decided in the plan, made real in
 * `components/`.
 */

/** A workload of one namespace on one cluster may read the secrets below some paths. */
export interface SecretReader {
  readonly capability: "secrets";
  /** Unique in the estate: `<tenant>-<environment>`, the namespace's own name. */
  readonly name: string;
  /** The cluster whose tokens are trusted. */
  readonly cluster: string;
  /** The exact identity: no wildcard, no prefix. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  /** Folders below the estate's mount, without a slash at either end: `payments/dev`. */
  readonly folders: readonly string[];
}

/** Everything a feature can ask for; a new capability is one more member. */
export type CapabilityRequest = SecretReader;
