import { z } from "zod";
import { settingsSchema } from "./schema";
import type { Features } from "./settings";

/** What the CLI itself keeps at the top of a stack file. */
const cliKeys = {
  secretsprovider: "What guards the stack's secrets: awskms://..., hashivault://..., or passphrase",
  encryptedkey: "The stack's key, which only the secrets provider can open; written by Pulumi",
  encryptionsalt: "Belongs to the stack's passphrase; written by Pulumi",
};

/** The keys that a stack of tenants has of its own: the others are its platform's. */
const ownKeys = ["scope", "platform", "tenants"] as const;

const full = (key: string): string => `estate:${key}`;

/**
 * The `estate:` keys of a stack file as JSON Schema (draft 7, which editors' YAML support takes), as the text of a file. Keys
 * of other namespaces are Pulumi's own and may be anything.
 */
export function stackJsonSchema(features: Features): string {
  const {
    $schema,
    properties = {},
    required = [],
    definitions,
  } = z.toJSONSchema(settingsSchema(features), {
    target: "draft-7",
    io: "input",
  });
  const isTenants = { properties: { [full("scope")]: { const: "tenants" } }, required: [full("scope")] };
  const others = Object.keys(properties).filter((key) => !(ownKeys as readonly string[]).includes(key));
  const config = {
    type: "object",
    description: "Settings of the stack; those of Estate begin with estate:",
    properties: Object.fromEntries(Object.entries(properties).map(([key, schema]) => [full(key), schema])),
    propertyNames: {
      anyOf: [{ enum: Object.keys(properties).map(full) }, { pattern: "^(?!estate:)[^:]+:.+$" }],
    },
    if: isTenants,
    then: {
      required: [full("platform")],
      // A stack of tenants says nothing of what its platform says.
      properties: Object.fromEntries(others.map((key) => [full(key), false])),
    },
    else: { required: required.map(full) },
  };
  const schema = {
    title: "Stack",
    $schema,
    type: "object",
    properties: {
      config,
      ...Object.fromEntries(
        Object.entries(cliKeys).map(([key, description]) => [key, { type: "string", description }]),
      ),
      environment: { description: "Environments of Pulumi ESC" },
    },
    required: ["config"],
    additionalProperties: false,
    // What nests in itself stands here.
    ...(definitions === undefined ? {} : { definitions }),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
