import { z } from "zod";
import type { NeedBackend, NeedKind, NeededThing } from "../../model/capability";
import type { ClusterFacts, TenantHome } from "../../model/home";
import type { Json } from "../../model/kubernetes";

/** What is asked of a cluster to know what serves a need on it. */
export type ServingCluster = Pick<ClusterFacts, "kind" | "databases">;

/** A kind of thing that an application can need besides its pods: one file in this folder, and one name in `index.ts`. */
export interface Need<Kind extends NeedKind = NeedKind> {
  readonly kind: Kind;
  /** What a tenant's file says of one. */
  readonly schema: z.ZodObject<{ kind: z.ZodLiteral<Kind>; name: z.ZodOptional<z.ZodString> }>;
  /** What makes it on a cluster; undefined where it cannot be had. */
  servedBy(this: void, cluster: ServingCluster): NeedBackend | undefined;
  /** What would serve it on a cluster that was brought along, as a remedy; absent where nothing does. */
  readonly remedy?: string;
  /** Keys of the Secret that the application gets. */
  readonly keys: readonly string[];
  /** What the application's pods must reach for those of them that it has, by the Secrets of these. */
  egress(this: void, home: TenantHome, secrets: readonly string[]): readonly Json[];
}

/** AWS, beside the clusters that Estate makes there. */
export const onAws = ({ kind }: ServingCluster): "aws" | undefined => (kind === "existing" ? undefined : "aws");

/** What all kinds have: which one, and how the application calls it. */
export function needSchema<Kind extends NeedKind>(kind: Kind, what: string): Need<Kind>["schema"] {
  return z.strictObject({
    kind: z.literal(kind).describe(what),
    name: z
      .string()
      .regex(/^(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
        error: "the name of a need is a DNS label of at most 20 characters",
      })
      .optional()
      .describe(`Its name: the Secret is <application>-<name>; ${kind} when absent`),
  });
}

/** The Secret with what an application needs to use it. */
export const needSecret = (application: string, { kind, name = kind }: NeededThing): string => `${application}-${name}`;
