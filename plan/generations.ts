import type { Settings } from "../config/schema";
import { addDays, dateSerial } from "../model/date";
import { currentOf, type Credentials, type Generation, type Generations } from "../model/home";

type Said = Settings["credentials"];

function generation(issued: string, said: Said): Generation {
  const serial = dateSerial(issued);
  return {
    issued,
    expires: addDays(issued, said.days),
    serial,
    mark: issued === said.issued ? "" : `-${String(serial)}`,
  };
}

/** The newest and the one before it. Days up to `issued` do not count: with a later one there everything begins anew. */
function lastTwo(rotations: readonly string[], said: Said): Generations {
  const days = [...new Set([said.issued, ...rotations.filter((day) => day > said.issued)])].sort();
  const current = generation(days.at(-1) ?? said.issued, said);
  const before = days.at(-2);
  const revoked = said.revoked ?? "";
  return before === undefined || before <= revoked ? [current] : [generation(before, said), current];
}

/** Days after which a rotation is due where the settings say none: half of the shortest life, so that the old ones last on. */
export function rotationDays({ days, robotDays, rotateDays }: Pick<Said, "days" | "robotDays" | "rotateDays">): number {
  return rotateDays ?? Math.max(1, Math.floor(Math.min(days, robotDays) / 2));
}

/** Which credentials there are by the settings' days alone: there is no clock here. */
export function credentialFacts(said: Said): Credentials {
  const { all, tenants } = said.rotate;
  const generations = lastTwo(all, said);
  return {
    issued: said.issued,
    expires: currentOf(generations).expires,
    robotDays: said.robotDays,
    rotateDays: rotationDays(said),
    generations,
    tenants: Object.fromEntries(
      Object.entries(tenants)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, days]) => [name, lastTwo([...all, ...days], said)]),
    ),
  };
}
