import { randomInt } from "node:crypto";
import { flag, numberOr, textOr } from "../framework/bridge/fields";
import type { JsonMap } from "../framework/value";

const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** A text of random characters: the least number of each class, the rest from all classes, in random order. */
export function draw(inputs: JsonMap): string {
  const classes = [
    { on: flag(inputs, "upper"), least: "minUpper", from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { on: flag(inputs, "lower"), least: "minLower", from: "abcdefghijklmnopqrstuvwxyz" },
    { on: flag(inputs, "numeric"), least: "minNumeric", from: "0123456789" },
    { on: flag(inputs, "special"), least: "minSpecial", from: textOr(inputs, "overrideSpecial", "") || SPECIAL },
  ];
  const must = classes.flatMap(({ least, from }) => pick(from, numberOr(inputs, least, 0)));
  const all = classes.map(({ on, from }) => (on ? from : "")).join("");
  return shuffle([...must, ...pick(all, numberOr(inputs, "length", 0) - must.length)]).join("");
}

function pick(from: string, count: number): string[] {
  return Array.from({ length: count }, () => from.charAt(randomInt(from.length)));
}

function shuffle(items: string[]): string[] {
  const result: string[] = [];
  const rest = [...items];
  while (rest.length > 0) result.push(...rest.splice(randomInt(rest.length), 1));
  return result;
}
