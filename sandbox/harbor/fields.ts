import { isRecord } from "@estate/clients";

import { unprocessable } from "./refusal";

/** A request's JSON object, read key by key. A value of another type than Harbor's is refused as Harbor's parser does. */
export class Fields {
  private constructor(readonly value: Readonly<Record<string, unknown>>) {}

  static of(value: unknown): Fields {
    if (value === undefined || value === null) return new Fields({});
    if (!isRecord(value)) throw unprocessable("parsing body failed: an object is wanted");
    return new Fields(value);
  }

  has(key: string): boolean {
    return this.value[key] !== undefined && this.value[key] !== null;
  }

  text(key: string): string | undefined {
    return this.typed(key, "a string", (value) => typeof value === "string");
  }

  integer(key: string): number | undefined {
    return this.typed(key, "an integer", (value): value is number => Number.isInteger(value));
  }

  truth(key: string): boolean | undefined {
    return this.typed(key, "a boolean", (value) => typeof value === "boolean");
  }

  object(key: string): Fields | undefined {
    return this.has(key) ? Fields.of(this.value[key]) : undefined;
  }

  list(key: string): readonly unknown[] | undefined {
    return this.typed(key, "a list", (value): value is unknown[] => Array.isArray(value));
  }

  objects(key: string): readonly Fields[] {
    return (this.list(key) ?? []).map((each) => Fields.of(each));
  }

  texts(key: string): readonly string[] {
    return (this.list(key) ?? []).map((each) => {
      if (typeof each !== "string") throw unprocessable(`parsing body failed: ${key} wants strings`);
      return each;
    });
  }

  private typed<T>(key: string, wanted: string, fits: (value: unknown) => value is T): T | undefined {
    const value = this.value[key];
    if (value === undefined || value === null) return undefined;
    if (!fits(value)) throw unprocessable(`parsing body failed: ${key} wants ${wanted}`);
    return value;
  }
}
