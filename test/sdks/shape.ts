/**
 * Properties in short: name (with `?` when it may be left out, or may be absent in the state) to type. Types are
 * `string`, `integer`, `number`, `boolean`, `X[]`, `{X}` for a map, and the name of an object type.
 */
export type Properties = Readonly<Record<string, string>>;

/** One resource of an SDK. */
export interface ResourceFacts {
  readonly token: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Inputs that the SDK wraps: names with spaces between them. */
  readonly secretInputs: string;
  /** `additionalSecretOutputs`, in the same form. */
  readonly secretOutputs: string;
}

/** What an SDK says of a plugin and its resources. */
export interface SdkFacts {
  readonly version: string;
  readonly plugin: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, ResourceFacts>>;
  readonly inputTypes: Readonly<Record<string, Properties>>;
  readonly outputTypes: Readonly<Record<string, Properties>>;
}

/** Entries as a map, sorted by key without its mark. */
export function sorted<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The object types that properties name, and those that these name. */
export function namedTypes(
  properties: readonly Properties[],
  all: Readonly<Record<string, Properties>>,
): Record<string, Properties> {
  const found: Record<string, Properties> = {};
  const visit = (map: Properties): void => {
    for (const type of Object.values(map)) {
      const name = type.replace(/[[\]{}]/g, "");
      const inner = all[name];
      if (inner === undefined || name in found) continue;
      found[name] = inner;
      visit(inner);
    }
  };
  properties.forEach(visit);
  return sorted(Object.entries(found));
}
