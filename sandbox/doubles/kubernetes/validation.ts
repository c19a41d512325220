import { KubernetesStatusError, type KubernetesClient } from "@estate/clients";
import type { CheckFailure } from "../framework/plugin";
import { toJson, type BareMap } from "../framework/value";
import { toManifest } from "./fields";

/** Reasons of a 422 that a schema alone can give; all others come from the server's later checks. */
const SCHEMA_CAUSES = new Set(["FieldValueRequired", "FieldValueTypeInvalid", "FieldValueForbidden"]);

/**
 * What the schema says against an object. The real plugin downloads the cluster's OpenAPI and validates against that;
 * the double asks the server itself, with a dry run that is strict about fields. What the server refuses for other
 * reasons (a missing namespace, an existing object, a denied user, a policy) is no matter of the schema.
 */
export async function schemaFailures(client: KubernetesClient, object: BareMap): Promise<readonly CheckFailure[]> {
  try {
    await client.create(toManifest(toJson(object)), {
      dryRun: true,
      fieldValidation: "Strict",
      fieldManager: "pulumi-kubernetes",
    });
    return [];
  } catch (error) {
    return error instanceof KubernetesStatusError ? failuresOf(error) : [];
  }
}

/** The failures in a refusal of the server that are about the schema. */
export function failuresOf(error: KubernetesStatusError): readonly CheckFailure[] {
  const strict = /strict decoding error: (.*)$/s.exec(error.message)?.[1];
  if (strict !== undefined) return strict.split(/, (?=unknown field|duplicate field)/).map(strictFailure);
  if (
    error.status === 400 &&
    /cannot be handled as a|unmarshal|unable to parse|quantities must match/.test(error.message)
  ) {
    return [{ property: "", reason: error.message }];
  }
  if (error.status !== 422) return [];
  return error.causes
    .filter(({ reason = "" }) => SCHEMA_CAUSES.has(reason))
    .map(({ field = "", message = "" }) => ({ property: field, reason: message }));
}

function strictFailure(text: string): CheckFailure {
  return { property: /field "([^"]+)"/.exec(text)?.[1] ?? "", reason: text };
}
