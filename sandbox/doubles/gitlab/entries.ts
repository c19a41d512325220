import type { Inputs } from "../framework/bridge/schema";
import { equal } from "../framework/bridge/diff";
import { list } from "../framework/bridge/fields";
import { isList, isMap, type Json, type JsonMap } from "../framework/value";
import { levelNumber, levelOf, protectionLevels } from "./access-level";

/** Who may do something to a protected branch or tag: a level, a person, a group or a deploy key. */
const entry: Inputs = {
  accessLevel: { type: "string", computed: true, oneOf: protectionLevels },
  accessLevelDescription: { type: "string", computed: true },
  groupId: { type: "integer", computed: true },
  userId: { type: "integer", computed: true },
};

const entryWithKey: Inputs = { ...entry, deployKeyId: { type: "integer", computed: true } };

/** A property that holds such entries; what the server says beside them is no difference. */
export const entries = { type: { set: { object: entry } }, equivalent: sameEntries } as const;

/** The same where deploy keys are possible. */
export const entriesWithKeys = { type: { set: { object: entryWithKey } }, equivalent: sameEntries } as const;

/** Entries as a body has them. */
export function toEntries(given: readonly Json[]): JsonMap[] {
  return given
    .filter((one) => isMap(one))
    .map((one) => ({
      ...(typeof one["accessLevel"] === "string" && { access_level: levelNumber(one["accessLevel"]) }),
      ...(isGiven(one["userId"]) && { user_id: one["userId"] ?? null }),
      ...(isGiven(one["groupId"]) && { group_id: one["groupId"] ?? null }),
      ...(isGiven(one["deployKeyId"]) && { deploy_key_id: one["deployKeyId"] ?? null }),
    }));
}

/** Entries as the state has them: one that is for somebody has no level of its own. */
export function fromEntries(answer: JsonMap, key: string): JsonMap[] {
  return list(answer, key)
    .filter((one) => isMap(one))
    .map((one) => {
      const somebody = {
        ...(isGiven(one["user_id"]) && { userId: one["user_id"] ?? null }),
        ...(isGiven(one["group_id"]) && { groupId: one["group_id"] ?? null }),
        ...(isGiven(one["deploy_key_id"]) && { deployKeyId: one["deploy_key_id"] ?? null }),
      };
      return {
        ...(Object.keys(somebody).length > 0 ? somebody : levelOf(one, "access_level")),
        ...(typeof one["access_level_description"] === "string" && {
          accessLevelDescription: one["access_level_description"],
        }),
      };
    });
}

/** The changes from what the server has to what is wanted: new entries, and old ones by id to be taken away. */
export function changeEntries(answer: JsonMap, key: string, wanted: readonly Json[]): JsonMap[] {
  const there = list(answer, key).filter((one) => isMap(one));
  const plain = fromEntries(answer, key).map(bareEntry);
  const asked = wanted.filter((one) => isMap(one)).map(bareEntry);
  const removed = there.filter((_, index) => !asked.some((one) => equal("string", one, plain[index] ?? null)));
  const added = asked.filter((one) => !plain.some((other) => equal("string", one, other)));
  return [...toEntries(added), ...removed.map((one) => ({ id: one["id"] ?? null, _destroy: true }))];
}

function sameEntries(left: Json, right: Json): boolean {
  if (!isList(left) || !isList(right)) return false;
  const bare = (items: readonly Json[]): Json[] => items.filter((one) => isMap(one)).map(bareEntry);
  return equal({ set: "string" }, bare(left), bare(right));
}

/** Without the description, and without zeros that stand for nothing. */
function bareEntry(one: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(one).filter(([key, value]) => key !== "accessLevelDescription" && isGiven(value)),
  );
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== 0 && value !== "";
}
