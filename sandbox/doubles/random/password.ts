import { hash } from "bcryptjs";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import { UNKNOWN, type BareMap, type JsonMap } from "../framework/value";
import { draw } from "./characters";
import { atLeast, inStateOnly, keepers } from "./keepers";

const MINIMUMS = ["minUpper", "minLower", "minNumeric", "minSpecial"] as const;
const CLASSES = ["upper", "lower", "numeric", "special"] as const;

const inputs: Inputs = {
  length: { type: "integer", required: true, forceNew: true, validate: atLeast(1) },
  special: { type: "boolean", default: true, forceNew: true },
  upper: { type: "boolean", default: true, forceNew: true },
  lower: { type: "boolean", default: true, forceNew: true },
  // The two are one setting under an old and a new name: see `plan`.
  numeric: { type: "boolean", forceNew: true },
  number: { type: "boolean", forceNew: true },
  minUpper: { type: "integer", default: 0, forceNew: true, validate: atLeast(0) },
  minLower: { type: "integer", default: 0, forceNew: true, validate: atLeast(0) },
  minNumeric: { type: "integer", default: 0, forceNew: true, validate: atLeast(0) },
  minSpecial: { type: "integer", default: 0, forceNew: true, validate: atLeast(0) },
  overrideSpecial: { type: "string", forceNew: true },
  keepers,
};

/** `number` is the old name of `numeric`: whichever is given sets both. */
function plan(given: BareMap): BareMap {
  const numeric = given["numeric"] ?? given["number"] ?? true;
  return { ...given, numeric, number: numeric };
}

function validate(given: BareMap): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const { numeric, number } = given;
  if (typeof numeric === "boolean" && typeof number === "boolean" && numeric !== number) {
    failures.push({ property: "number", reason: "number and numeric are both configured with different values" });
  }
  if (CLASSES.every((name) => plan(given)[name] === false)) {
    failures.push({ property: "upper", reason: `at least one of ${CLASSES.join(", ")} must be true` });
  }
  const parts = MINIMUMS.map((name) => given[name] ?? 0);
  const length = given["length"];
  if (typeof length === "number" && !parts.includes(UNKNOWN)) {
    const sum = parts.reduce<number>((total, part) => total + (typeof part === "number" ? part : 0), 0);
    if (sum > length) {
      const reason = `the length must be at least the sum of ${MINIMUMS.join(", ")}, which is ${sum}, got ${length}`;
      failures.push({ property: "length", reason });
    }
  }
  return failures;
}

/** On import the id is the value, and everything else has its default. */
function imported(result: string): JsonMap {
  const defaults = { special: true, upper: true, lower: true, numeric: true, number: true };
  const minimums = { minUpper: 0, minLower: 0, minNumeric: 0, minSpecial: 0 };
  return { ...defaults, ...minimums, length: result.length, result };
}

/** Go's default cost, as the real provider has it. */
const bcrypt = async (result: string): Promise<string> => hash(result, 10);

/** A password: its value and its hash are secret, so it has no id of its own. */
export const randomPassword: BridgedResource<null> = {
  ...inStateOnly,
  inputs,
  outputs: { result: { type: "string", secret: true }, bcryptHash: { type: "string", secret: true } },
  plan,
  validate,
  create: async (given) => {
    const result = draw(given);
    return { id: "none", state: { result, bcryptHash: await bcrypt(result) } };
  },
  read: async (id, prior) => (prior["result"] === undefined ? { ...imported(id), bcryptHash: await bcrypt(id) } : {}),
};

/** A text that is not secret: the id is the value. */
export const randomString: BridgedResource<null> = {
  ...inStateOnly,
  inputs,
  outputs: { result: { type: "string" } },
  plan,
  validate,
  create: (given) => {
    const result = draw(given);
    return Promise.resolve({ id: result, state: { result } });
  },
  read: (id, prior) => Promise.resolve(prior["result"] === undefined ? imported(id) : {}),
};
