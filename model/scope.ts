/** What a stack holds: all of an estate, its platform, or tenants of an estate whose platform another stack holds. */
export type Scope =
  | { readonly kind: "everything" | "platform" }
  | {
      readonly kind: "tenants";
      /** The stack with the platform, of the same project: its settings hold here, and its outputs are read. */
      readonly platform: string;
    };
