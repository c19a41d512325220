import type { Harbor } from "./harbor";
import { identify } from "./identity";
import { badRequest, unauthorized } from "./refusal";
import type { Answer } from "./route";

/** Where the clock is moved. */
export const clockPath = "/-/stand-in/clock";

/**
 * What the real server has no address for: `POST /-/stand-in/clock?days=2` (the admin) moves the clock that robots end by
 * so far ahead, until the stand-in is started again.
 */
export function moveClock(harbor: Harbor, authorization: string | undefined, query: URLSearchParams): Answer {
  if (identify(harbor.gate(), authorization)?.kind !== "admin") throw unauthorized();
  const days = Number(query.get("days"));
  if (!Number.isInteger(days) || days < 1) throw badRequest("days in query should be a positive integer");
  harbor.moveAhead(days);
  return { status: 200, body: { now: harbor.stamp() } };
}
