/** What a tenant may say of one value of a product. Each has a default, so that a product runs without a word of the tenant's. */
export type ValueDefinition =
  | {
      readonly kind: "integer";
      readonly min?: number | undefined;
      readonly max?: number | undefined;
      readonly default: number;
    }
  | { readonly kind: "boolean"; readonly default: boolean }
  | { readonly kind: "choice"; readonly of: readonly string[]; readonly default: string }
  | { readonly kind: "text"; readonly maxLength: number; readonly default: string };

/** A value as a tenant's file says it. */
export type ProductValue = string | number | boolean;

/** One repository that many tenants run from. */
export interface Product {
  readonly repository: string;
  /** Folder of the manifests. */
  readonly path: string;
  /** Semantic versions by channel: `stable: ^2`. */
  readonly channels: Readonly<Record<string, string>>;
  /** What differs from tenant to tenant, by the variable's name. Where a product says none, nothing is put into its manifests. */
  readonly values?: Readonly<Record<string, ValueDefinition>> | undefined;
  /** The repository wants a login, which lies in Vault. */
  readonly private: boolean;
}

/** A variable's name as Flux takes it; those that begin with `estate_` are facts. */
export const valueNamePattern = /^(?!estate_)[a-z][a-z0-9_]{0,62}$/;

/**
 * Text that stays one scalar wherever it stands in a manifest: a colon before a blank would make a key of it, a hash a
 * comment, and a bracket or a quote something else.
 */
const plainText = /^(?:[\p{L}\p{N}_/](?:[\p{L}\p{N}_@/+.,() -]|:(?=\S))*)?$/u;

/** What is wrong with a value; undefined when it may be so. */
export function wrongValue(definition: ValueDefinition, value: ProductValue): string | undefined {
  switch (definition.kind) {
    case "integer": {
      const { min, max } = definition;
      if (typeof value !== "number" || !Number.isSafeInteger(value)) return "is no whole number";
      if (min !== undefined && value < min) return `is less than ${String(min)}`;
      return max !== undefined && value > max ? `is more than ${String(max)}` : undefined;
    }
    case "boolean":
      return typeof value === "boolean" ? undefined : "is neither true nor false";
    case "choice":
      return typeof value === "string" && definition.of.includes(value)
        ? undefined
        : `is none of ${definition.of.join(", ")}`;
    case "text":
      if (typeof value !== "string") return "is no text";
      if (value.length > definition.maxLength) return `is longer than ${String(definition.maxLength)} characters`;
      return plainText.test(value) && value === value.trim()
        ? undefined
        : "holds what a manifest would not read as text";
  }
}

/** The folder of a private product's login below the estate's mount in Vault. No tenant is called `platform`. */
export function productFolder(product: string): string {
  return `platform/products/${product}`;
}

/** The secret in it, with the keys `username` and `password`. */
export const productSecret = "repository";
