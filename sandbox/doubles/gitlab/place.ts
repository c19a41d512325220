import { text, textOr } from "../framework/bridge/fields";
import type { Json, JsonMap } from "../framework/value";
import { escaped } from "./api";

/** Where something is that groups and projects both have. */
export type Owner = "project" | "group";

/** The path of a project or group, told by number or by path. */
export function ownerPath(owner: Owner, id: string | number): string {
  return `${owner}s/${escaped(id)}`;
}

/** The path of what a resource belongs to. */
export function pathOf(owner: Owner, state: JsonMap): string {
  return ownerPath(owner, text(state, owner));
}

/** An id of several parts: the last part holds what is left. */
export function splitId(id: string, parts: number): string[] {
  const pieces = id.split(":");
  return [...pieces.slice(0, parts - 1), pieces.slice(parts - 1).join(":")];
}

/** The owner as it was written, else as the id says (on import). */
export function ownerOf(owner: Owner, id: string, prior: JsonMap): string {
  return textOr(prior, owner, undefined) ?? splitId(id, 2)[0] ?? "";
}

/** A number in an answer. */
export function idOf(answer: JsonMap, key = "id"): number {
  const value: Json | undefined = answer[key];
  if (typeof value !== "number") throw new Error(`the server's answer has no ${key}`);
  return value;
}
