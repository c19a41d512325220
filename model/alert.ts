/**
 * What alerts about delivery are sent to, and what each needs: keys of its secret in Vault. The names are those of Flux's providers,
 * which tenants' files are written in. All values come from Vault, as the address of a chat's webhook is as good as a password.
 */
export const alertKinds = {
  slack: ["address"],
  discord: ["address"],
  msteams: ["address"],
  rocket: ["address"],
  googlechat: ["address"],
  alertmanager: ["address"],
  generic: ["address"],
  "generic-hmac": ["address", "token"],
  matrix: ["address", "token"],
  telegram: ["address", "token"],
  opsgenie: ["address", "token"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One of them: `slack`. */
export type AlertKind = keyof typeof alertKinds;
