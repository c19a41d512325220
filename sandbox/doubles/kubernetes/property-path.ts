/** A place in a resource: names of fields and numbers of items; `*` is any of them. */
export type PropertyPath = readonly (string | number)[];

/** `spec.ports[0]["a.b"]`, as the engine writes places. */
export function formatPath(path: PropertyPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (/[."[\]]/.test(step)) return `${text}["${step.replaceAll('"', '\\"')}"]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** Reads such a place; `[*]` and `*` are wildcards. */
export function parsePath(text: string): PropertyPath {
  const steps: (string | number)[] = [];
  const pattern = /\.?([^.[\]"]+)|\[(\d+)\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]/gy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) throw new Error(`failed to parse ignore path: ${text}`);
    const [, name, index, quoted] = match;
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(quoted === undefined ? "*" : quoted.replaceAll('\\"', '"'));
  }
  return steps;
}

/** Whether a place is inside another (or is it). */
export function contains(outer: PropertyPath, inner: PropertyPath): boolean {
  return outer.length <= inner.length && outer.every((step, index) => step === "*" || step === inner[index]);
}
