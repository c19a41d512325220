/** A value in a resource's properties, and the way to it, e.g. `spec.values.image.tag`. */
export interface Leaf {
  readonly path: string;
  readonly value: unknown;
}

/** What the SDK gives for a property: a proxy that throws where a preview does not know the value yet. */
type Properties = Readonly<Record<string, unknown>>;

/** The value of a property; undefined where a preview does not know it yet. */
export function known(holder: object, key: string): unknown {
  try {
    return (holder as Properties)[key];
  } catch (thrown) {
    // The SDK's own error for that is not among its exports.
    if (thrown instanceof Error && thrown.message.includes("can't be known during preview")) return undefined;
    throw thrown;
  }
}

/** A map or list; Pulumi's proxies among them. */
export const isHolder = (value: unknown): value is object => typeof value === "object" && value !== null;

const below = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** All maps and lists in a value, itself among them, with the way to each; what is not known yet is left out. */
export function holders(value: unknown, path = ""): { readonly path: string; readonly holder: object }[] {
  if (!isHolder(value)) return [];
  const inner = Object.keys(value).flatMap((key) => holders(known(value, key), below(path, key)));
  return [{ path, holder: value }, ...inner];
}

/** All that is neither a map nor a list in a value; what is not known yet is left out. */
export function leaves(value: unknown): Leaf[] {
  return holders(value).flatMap(({ path, holder }) =>
    Object.keys(holder).flatMap((key): Leaf[] => {
      const inner = known(holder, key);
      return inner === undefined || isHolder(inner) ? [] : [{ path: below(path, key), value: inner }];
    }),
  );
}

/** The same for text alone. */
export function texts(value: unknown): { readonly path: string; readonly text: string }[] {
  return leaves(value).flatMap(({ path, value: leaf }) => (typeof leaf === "string" ? [{ path, text: leaf }] : []));
}
