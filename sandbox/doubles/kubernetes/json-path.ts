import { isList, isMap, type Bare } from "../framework/value";

/** Reads the part of kubectl's JSONPath that is simulated: fields, `['quoted']` fields, items and `[*]`. */
export function parseJsonPath(text: string): readonly (string | number)[] {
  const inner = /^\{\s*(.*?)\s*\}$/.exec(text)?.[1] ?? text;
  const path = inner.replace(/^\$/, "");
  const steps: (string | number)[] = [];
  const pattern = /\.((?:[^.[\]\\]|\\.)+)|\[(\d+)\]|\[\*\]|\['([^']+)'\]|\["([^"]+)"\]/gy;
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (match === null) throw new Error(`JSONPath ${JSON.stringify(text)} is not simulated by this double`);
    const [, field, index, single, double] = match;
    const name = field?.replaceAll("\\.", ".") ?? single ?? double;
    steps.push(index === undefined ? (name ?? "*") : Number(index));
  }
  if (steps.length === 0) throw new Error(`JSONPath ${JSON.stringify(text)} names no field`);
  return steps;
}

/** Every value at a path. */
export function query(value: Bare | undefined, path: readonly (string | number)[]): readonly Bare[] {
  const [step, ...rest] = path;
  if (value === undefined) return [];
  if (step === undefined) return [value];
  if (isList(value)) {
    if (step === "*") return value.flatMap((item) => query(item, rest));
    return typeof step === "number" ? query(value[step], rest) : [];
  }
  if (!isMap(value)) return [];
  return step === "*" ? Object.values(value).flatMap((item) => query(item, rest)) : query(value[step], rest);
}
