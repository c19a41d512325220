import type { Place } from "../model/problem";

/** Keys and list positions from the top of a document. */
export type Path = readonly (string | number)[];

/** Checked data together with where and how a person wrote it. */
export interface Source {
  /** The data as the YAML says it; not checked yet. */
  readonly data: unknown;
  /** What people write before a top key: `estate:` in a stack file. */
  readonly prefix: string;
  /** Where a value, or its key, stands; of what is absent, where it would belong. */
  readonly placeOf: (path: Path, part?: "key" | "value") => Place;
  /** The characters of an unquoted value as they were written: `1.10`, where the data say 1.1. */
  readonly writtenAt: (path: Path) => string | undefined;
  /** Whether the value was refused already, so that further complaints would only be consequences. */
  readonly refuses: (path: Path) => boolean;
}

/** All that a cross-check needs to know of a source. */
export type Places = Pick<Source, "placeOf">;

/** A path as one text, to be compared and looked up. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** What `data` hold at `path`; undefined when there is nothing. Own keys only: `constructor` is nobody's setting. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Readonly<Record<string | number, unknown>>)[key];
  }, data);
}

/** A source of data that stand in no file: a test's, or a generated one's. */
export function placeless(file: string, data: unknown): Source {
  return { data, prefix: "", placeOf: () => ({ file }), writtenAt: () => undefined, refuses: () => false };
}
