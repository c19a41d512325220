import { platformGroup } from "../../model/names";

/** Where something can be found; the table has a column for each. */
export const planes = ["kubernetes", "gitops", "vault", "gitlab", "registry"] as const;

/** One thing of an estate as a back end has it. */
export interface Found {
  /** Its tenant; `platform`, which no tenant can be called, for what all share. */
  readonly tenant: string;
  readonly plane: (typeof planes)[number];
  /** Cluster, Vault mount, GitLab group or project, registry project. */
  readonly where: string;
  /** Kind and name. */
  readonly what: string;
}

/** Whose something is that no tenant has to itself. */
export const shared = platformGroup;

/** A field that should be a text; empty when it is none. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
