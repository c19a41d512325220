import { badParameter } from "./refusal";

/** The parameters of a call, from its body and query, read with GitLab's coercions and complaints. */
export class Params {
  constructor(readonly values: Readonly<Record<string, unknown>>) {}

  /** Whether it was sent at all, be it as null. */
  has(name: string): boolean {
    return name in this.values;
  }

  /** A text; numbers and booleans are taken as their text. */
  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw badParameter(`${name} is invalid`);
  }

  /** A text that must be there. */
  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw badParameter(`${name} is missing`);
    return value;
  }

  /** A text that must be there and hold something. */
  filledText(name: string): string {
    const value = this.requiredText(name);
    if (value.trim() === "") throw badParameter(`${name} is empty`);
    return value;
  }

  /** One of a list of texts. */
  choice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((each) => each === value);
    if (found === undefined) throw badParameter(`${name} does not have a valid value`);
    return found;
  }

  /** An integer. */
  integer(name: string): number | undefined {
    const value = this.values[name];
    if (value === undefined || value === null || value === "") return undefined;
    const number = typeof value === "number" ? value : typeof value === "string" ? Number(value) : NaN;
    if (!Number.isInteger(number)) throw badParameter(`${name} is invalid`);
    return number;
  }

  /** An integer that must be there. */
  requiredInteger(name: string): number {
    const value = this.integer(name);
    if (value === undefined) throw badParameter(`${name} is missing`);
    return value;
  }

  /** One of a list of integers. */
  level(name: string, levels: readonly number[]): number | undefined {
    const value = this.integer(name);
    if (value !== undefined && !levels.includes(value)) throw badParameter(`${name} does not have a valid value`);
    return value;
  }

  /** A boolean, also as `true`, `1` or `on`. */
  flag(name: string): boolean | undefined {
    const value = this.values[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (value === true || value === "true" || value === "1" || value === "on" || value === 1) return true;
    if (value === false || value === "false" || value === "0" || value === "off" || value === 0) return false;
    throw badParameter(`${name} is invalid`);
  }

  /** A list of texts; one text with commas is a list too. */
  texts(name: string): string[] | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") {
      return value
        .split(",")
        .map((each) => each.trim())
        .filter((each) => each !== "");
    }
    if (!Array.isArray(value)) throw badParameter(`${name} is invalid`);
    return value.map((each: unknown) => {
      if (typeof each !== "string" && typeof each !== "number") throw badParameter(`${name} is invalid`);
      return String(each);
    });
  }

  /** A list of integers. */
  integers(name: string): number[] | undefined {
    return this.texts(name)?.map((each) => {
      const number = Number(each);
      if (!Number.isInteger(number)) throw badParameter(`${name} is invalid`);
      return number;
    });
  }

  /** A list of objects. */
  objects(name: string): Params[] | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    const list: unknown[] = Array.isArray(value) ? value : [];
    if (!Array.isArray(value) || !list.every(isObject)) throw badParameter(`${name} is invalid`);
    return list.map((each) => new Params(each));
  }

  /** An object. */
  object(name: string): Params | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) throw badParameter(`${name} is invalid`);
    return new Params(value);
  }

  /** A day, `YYYY-MM-DD`. */
  day(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || value === "") return undefined;
    const day = /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0];
    if (day === undefined || Number.isNaN(Date.parse(day))) throw badParameter(`${name} is invalid`);
    return day;
  }

  /** A moment, RFC 3339 or a day. */
  moment(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || value === "") return undefined;
    const at = Date.parse(value);
    if (Number.isNaN(at)) throw badParameter(`${name} is invalid`);
    return new Date(at).toISOString();
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The parameters of a query: `a[]=1` is a list, `a[b]=1` an object. */
export function queryValues(query: URLSearchParams): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of query) {
    const list = /^([^[\]]+)\[\]$/.exec(name)?.[1];
    const nested = /^([^[\]]+)\[([^[\]]+)\]$/.exec(name);
    if (list !== undefined) {
      const before = values[list];
      values[list] = [...(Array.isArray(before) ? (before as unknown[]) : []), value];
    } else if (nested?.[1] !== undefined && nested[2] !== undefined) {
      const before = values[nested[1]];
      values[nested[1]] = { ...(isObject(before) ? before : {}), [nested[2]]: value };
    } else {
      values[name] = value;
    }
  }
  return values;
}
