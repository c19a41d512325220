import { Ajv, type ValidateFunction } from "ajv";
import type { KubernetesObject } from "../../model/kubernetes";
import { crds } from "../../sandbox/toolchain/manifests";

type Schema = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

/** A schema that refuses what the API server would drop: fields that it does not name. */
function closed(schema: unknown): unknown {
  if (!isMap(schema)) return schema;
  const { properties, items, additionalProperties } = schema;
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || additionalProperties !== undefined;
  return {
    ...schema,
    ...(isMap(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, closed(inner)])) }
      : {}),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(isMap(additionalProperties) ? { additionalProperties: closed(additionalProperties) } : {}),
    ...(isMap(properties) && !open ? { additionalProperties: false } : {}),
  };
}

/** Go's patterns say within themselves that case does not matter. */
const goRegExp = Object.assign(
  (pattern: string, flags: string): RegExp =>
    new RegExp(pattern.replaceAll("(?i)", ""), pattern.includes("(?i)") ? `${flags}i` : flags),
  // Ajv's name of it in code that it would write to a file.
  { code: "goRegExp" },
);

/** Real CustomResourceDefinitions, to hold manifests against as the API server would. */
export class Definitions {
  private constructor(private readonly checks: ReadonlyMap<string, ValidateFunction>) {}

  /** Those of the sandbox's components. Needs Go the first time. */
  static async load(...components: readonly string[]): Promise<Definitions> {
    return Definitions.of((await Promise.all(components.map((name) => crds(name)))).flat());
  }

  /** These. */
  static of(definitions: readonly object[]): Definitions {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, code: { regExp: goRegExp } });
    const checks = new Map<string, ValidateFunction>();
    for (const definition of definitions) {
      const { group, names, versions } = (definition as { spec: DefinitionSpec }).spec;
      for (const { name, schema } of versions) {
        const root = closed(schema.openAPIV3Schema) as Schema;
        const properties = { ...(root["properties"] as Schema), metadata: { type: "object" } };
        checks.set(`${group}/${name} ${names.kind}`, ajv.compile({ ...root, properties }));
      }
    }
    return new Definitions(checks);
  }

  /** What the API server would say against a manifest; undefined for a kind that none of them defines. */
  complaints(object: KubernetesObject): string[] | undefined {
    const check = this.checks.get(`${object.apiVersion} ${object.kind}`);
    if (check === undefined) return undefined;
    if (check(object)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
    );
  }
}

interface DefinitionSpec {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: unknown } }[];
}
