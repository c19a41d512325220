import type { Problem } from "../model/problem";
import { mistake } from "./mistake";
import type { Path, Places } from "./source";

/** Items of a list that were there before, each with where it was first. */
export function repeated(code: string, items: readonly string[], path: Path, { placeOf }: Places): Problem[] {
  return items.flatMap((item, index) => {
    const first = items.indexOf(item);
    if (first === index) return [];
    const { line, column } = placeOf([...path, first]);
    const where = line === undefined ? `item ${first + 1}` : `${line}:${column ?? 1}`;
    return [mistake(code, placeOf([...path, index]), `"${item}" again; first at ${where}`, "keep one of the two")];
  });
}
