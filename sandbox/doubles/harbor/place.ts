import { text } from "../framework/bridge/fields";
import type { JsonMap } from "../framework/value";

/** The number at the end of an id such as `/projects/3`. */
export function numberOf(id: string): number {
  return Number(id.split("/").at(-1));
}

/** The path of the project that a resource names as `/projects/3` or `3`. */
export function projectPath(state: JsonMap): string {
  const given = text(state, "projectId");
  return given.startsWith("/projects/") ? given : `/projects/${given}`;
}

/** The id of the project that something at `/projects/3/…` belongs to. */
export function projectOf(id: string): string {
  return id.split("/").slice(0, 3).join("/");
}

/** True if two texts name one project. */
export function sameProject(left: unknown, right: unknown): boolean {
  return typeof left === "string" && typeof right === "string" && numberOf(left) === numberOf(right);
}
