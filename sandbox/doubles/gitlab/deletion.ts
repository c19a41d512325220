import type { JsonMap } from "../framework/value";
import { LIMITS, type Session } from "./session";

/** True for a group or project that is on its way out. */
export function isMarked(found: JsonMap): boolean {
  const dates = [found["marked_for_deletion_on"], found["marked_for_deletion_at"]];
  return dates.some((date) => (date ?? null) !== null);
}

/** Waits until a group or project is gone, or is marked for deletion: then its record. */
export async function awaitDeletion(session: Session, path: string): Promise<JsonMap | undefined> {
  const { last } = await session.until(`the deletion of ${path}`, LIMITS.deletion, async () => {
    const found = await session.api.find(path);
    return found === undefined || isMarked(found) ? { last: found } : undefined;
  });
  return last;
}

/** Waits until nothing is left of a group or project. */
export async function awaitRemoval(session: Session, path: string): Promise<void> {
  await session.until(`the removal of ${path}`, LIMITS.deletion, async () =>
    (await session.api.find(path)) === undefined ? true : undefined,
  );
}
