import type * as pulumi from "@pulumi/pulumi";

/**
 * What a service that Estate installs hands to its provider. The address is an output of the Job that makes the credential
 * work, so whoever takes it comes after that; in a preview of the first run it is unknown, and the provider is not asked.
 */
export interface ServiceAccess {
  readonly address: pulumi.Output<string>;
}

/** Vault: a login whose tokens last two hours. */
export interface VaultAccess extends ServiceAccess {
  readonly mount: string;
  readonly user: string;
  readonly password: pulumi.Output<string>;
}

/** GitLab: a token of the administrator, with an end. */
export interface GitLabAccess extends ServiceAccess {
  readonly token: pulumi.Output<string>;
}

/** The registry: its administrator. */
export interface RegistryAccess extends ServiceAccess {
  readonly username: string;
  readonly password: pulumi.Output<string>;
}

/** The services that were installed; the others are brought along. */
export interface InstalledServices {
  readonly vault?: VaultAccess;
  readonly gitlab?: GitLabAccess;
  readonly registry?: RegistryAccess;
}
