import { z } from "zod";
import { alertKinds, type AlertKind } from "../model/alert";
import { defineFeature } from "./feature";

const notification = z.strictObject({
  kind: z.enum(Object.keys(alertKinds) as AlertKind[]).describe("Where alerts go"),
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: "not a DNS label" })
    .max(40)
    .optional()
    .describe("Tells several of one kind apart; the kind when absent"),
  channel: z.string().min(1).optional().describe("The channel, room or chat, where the kind has several"),
  severity: z.enum(["info", "error"]).default("error").describe("`info` tells of successes, too"),
  secret: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: "not a secret's name" })
    .default("notifications")
    .describe(
      "The secret in the environment's folder in Vault that holds `address`, and `token` where the kind has one",
    ),
});

const schema = z
  .array(notification)
  .default([])
  .refine((all) => new Set(all.map(nameOf)).size === all.length, {
    error: "two notifications have one name",
    params: { code: "T017", remedy: "give each of one kind a name of its own" },
  });

function nameOf({ kind, name }: z.infer<typeof notification>): string {
  return name ?? kind;
}

/** Alerts about a home's delivery, to where its people look. */
export const notifications = defineFeature({
  key: "notifications",
  summary: "Alerts about delivery: to a chat, a pager or an address",
  schema,
  abilities: (specs) => specs.map(({ kind }, index) => ({ path: [index], ability: `alert-${kind}` as const })),
  requests: (_home, specs) =>
    specs.map((spec) => ({
      capability: "delivery" as const,
      want: "alert" as const,
      alert: {
        name: nameOf(spec),
        kind: spec.kind,
        ...(spec.channel === undefined ? {} : { channel: spec.channel }),
        severity: spec.severity,
        secret: spec.secret,
        keys: alertKinds[spec.kind],
      },
    })),
});
