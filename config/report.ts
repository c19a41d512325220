import type { z } from "zod";
import type { Place, Problem } from "../model/problem";
import { mistake } from "./mistake";
import { oldBoolean } from "./scalar";
import { keyBelongsUnder, knownKeys, schemaAt } from "./shape";
import { type Path, type Source, valueAt } from "./source";
import { closest, suggestion } from "./suggestion";

type Issue = z.core.$ZodIssue;

/** A complaint of a schema, and which value it is about. */
export interface Complaint {
  readonly path: Path;
  readonly problem: Problem;
}

/** What the complaints are about: the schema to name its keys, the source for places and spelling. */
interface Subject {
  readonly schema: z.core.$ZodType;
  readonly source: Source;
}

/** How a value is called in a message: `text "no"`, `the number 1.1`, `a list`. */
function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return `text "${value}"`;
  if (typeof value === "number") return `the number ${String(value)}`;
  return typeof value === "boolean" ? String(value) : "a mapping";
}

const expectedNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function nameOf(path: Path, source: Source): string {
  const last = path.at(-1);
  if (typeof last === "number") return `item ${String(last + 1)}`;
  return `${path.length === 1 ? source.prefix : ""}${last ?? "the file"}`;
}

function missing(path: Path, source: Source): Problem {
  const place = source.placeOf(path.slice(0, -1), path.length > 1 ? "key" : "value");
  return mistake("K004", place, `"${nameOf(path, source)}" is required`, "add it");
}

function empty(path: Path, expected: string, source: Source): Problem {
  const remedies: Readonly<Record<string, string>> = {
    array: "write a list, or remove the key",
    object: "write a mapping or {}",
    record: "write a mapping or {}",
  };
  const remedy = remedies[expected] ?? `write ${expectedNames[expected] ?? expected}, or remove the key`;
  return mistake("T012", source.placeOf(path), `"${nameOf(path, source)}" is empty`, remedy);
}

function wrongScalar(path: Path, expected: string, value: unknown, source: Source): Problem {
  const place = source.placeOf(path);
  const cause = `expected ${expectedNames[expected] ?? expected}, got ${kindOf(value)}`;
  if (expected === "boolean") {
    const meant = typeof value === "string" ? oldBoolean(value) : undefined;
    const spelled = typeof value === "string" && /^(true|false)$/i.test(value) ? value.toLowerCase() : undefined;
    return mistake(
      "T001",
      place,
      cause,
      `YAML 1.2 has only true and false; write ${spelled ?? (meant === undefined ? "one of them" : String(meant))}`,
    );
  }
  if (expected === "string") {
    const code = typeof value === "number" ? "T002" : "T009";
    return mistake(code, place, cause, `quote it: "${source.writtenAt(path) ?? String(value)}"`);
  }
  const number = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
  return mistake(
    "T013",
    place,
    cause,
    number ? `write it without quotes: ${value}` : `write ${expectedNames[expected] ?? expected}`,
  );
}

function wrongType(path: Path, expected: string, { source }: Subject): Problem {
  const value = valueAt(source.data, path);
  if (value === undefined && path.length > 0) return missing(path, source);
  if (value === null) return empty(path, expected, source);
  const structure = expected === "array" || expected === "object" || expected === "record";
  if (!structure && typeof value !== "object") return wrongScalar(path, expected, value, source);
  const wanted = expectedNames[expected] ?? expected;
  const remedy = expected === "array" && typeof value === "string" ? `write [${value}]` : `write ${wanted}`;
  return mistake("K003", source.placeOf(path), `expected ${wanted}, got ${kindOf(value)}`, remedy);
}

function unknownKey(path: Path, key: string, { schema, source }: Subject): Problem {
  const holder = schemaAt(schema, path, source.data);
  const prefix = path.length === 0 ? source.prefix : "";
  const known = knownKeys(holder, valueAt(source.data, path));
  const place = source.placeOf([...path, key], "key");
  const shown = `${prefix}${key}`;
  const under = closest(key, known) === undefined ? keyBelongsUnder(holder, key) : undefined;
  if (under !== undefined) {
    const target = `${prefix}${under.join(".")}`;
    return mistake("K002", place, `"${shown}" belongs under "${target}"`, "move it there");
  }
  const choices = known.map((name) => `${prefix}${name}`);
  const meant = closest(key, known);
  const remedy = meant === undefined ? suggestion(shown, choices) : `did you mean "${prefix}${meant}"?`;
  return mistake("K001", place, `unknown key "${shown}"`, remedy);
}

/** What to do about a file of another form: those of older programs can be taken further, newer ones need a newer program. */
function otherForm(value: unknown, known: number): string {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) return `write ${String(known)}`;
  return value < known
    ? "run `npx estate migrate`"
    : `use a release of Estate that knows it, or write ${String(known)} and its keys`;
}

function wrongValue(path: Path, values: readonly unknown[], { source }: Subject): Problem {
  const value = valueAt(source.data, path);
  if (value === undefined) return missing(path, source);
  const place = source.placeOf(path);
  const [only] = values;
  if (values.length === 1 && typeof only === "number")
    return mistake(
      "K006",
      place,
      `"${nameOf(path, source)}" is ${typeof value === "number" ? String(value) : kindOf(value)}, this program knows ${String(only)}`,
      otherForm(value, only),
    );
  const shown = typeof value === "string" ? `"${value}"` : kindOf(value);
  // A key that may be left out has "undefined" among its values.
  const choices = values.filter((choice) => choice !== undefined).map(String);
  return mistake(
    "K007",
    place,
    `${shown} is none of the choices of "${nameOf(path, source)}"`,
    suggestion(typeof value === "string" ? value : "", choices),
  );
}

function outOfRange(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  path: Path,
  { source }: Subject,
): Problem {
  const place = source.placeOf(path);
  const what = nameOf(path, source);
  const small = issue.code === "too_small";
  const limit = String(small ? issue.minimum : issue.maximum);
  const bound = small ? `at least ${limit}` : `at most ${limit}`;
  if (issue.origin === "array" || issue.origin === "set")
    return mistake("K010", place, `"${what}" has too ${small ? "few" : "many"} items`, `${bound} must be there`);
  if (issue.origin === "string") {
    const empty = small && valueAt(source.data, path) === "";
    return mistake(
      "T014",
      place,
      empty ? `"${what}" is empty text` : `"${what}" is too ${small ? "short" : "long"}`,
      small && issue.minimum === 1 ? "write something" : `write ${bound} characters`,
    );
  }
  return mistake("T014", place, `"${what}" is ${String(valueAt(source.data, path))}`, `${bound} is allowed`);
}

function custom(
  issue: { readonly message: string; readonly params?: Readonly<Record<string, unknown>> | undefined },
  place: Place,
): Problem {
  const { code, remedy } = issue.params ?? {};
  return mistake(
    typeof code === "string" ? code : "T016",
    place,
    issue.message,
    typeof remedy === "string" ? remedy : "correct it",
  );
}

function wrongForm(issue: z.core.$ZodIssueInvalidStringFormat, path: Path, { source }: Subject): Problem {
  const value = valueAt(source.data, path);
  const named =
    issue.format === "regex"
      ? issue.message
      : `not ${issue.format === "email" ? "an e-mail address" : `a valid ${issue.format}`}`;
  return mistake("T016", source.placeOf(path), `${kindOf(value)}: ${named}`, "correct it");
}

function badKey(issue: z.core.$ZodIssueInvalidKey, path: Path, { source }: Subject): Problem[] {
  const place = source.placeOf(path, "key");
  return issue.issues.map((inner) =>
    inner.code === "custom"
      ? custom(inner, place)
      : mistake("K013", place, `key "${String(path.at(-1))}": ${inner.message}`, "choose another name"),
  );
}

/** How a form is called that a value does not have: `a mapping`, `"managed"`. */
function formOf(issue: Issue): string {
  if (issue.code === "invalid_type") return expectedNames[issue.expected] ?? issue.expected;
  return issue.code === "invalid_value"
    ? issue.values.map((value) => (typeof value === "string" ? `"${value}"` : String(value))).join(" or ")
    : issue.message;
}

/** A value that none of several forms takes: told by the form that came closest, when one did. */
function noForm(issue: z.core.$ZodIssueInvalidUnion, path: Path, subject: Subject): Complaint[] {
  const { source } = subject;
  if (valueAt(source.data, path) === undefined) return [{ path, problem: missing(path, source) }];
  if (issue.errors.length === 0 && "options" in issue && Array.isArray(issue.options))
    return [{ path, problem: wrongValue(path, issue.options, subject) }];
  // A complaint of one's own is made where the form fits, and something else is wrong.
  const inside = issue.errors.filter((issues) =>
    issues.some((inner) => inner.path.length > 0 || inner.code === "custom"),
  );
  const best = inside.sort((a, b) => a.length - b.length)[0];
  if (best !== undefined) return best.flatMap((inner) => describe(inner, path, subject));
  const forms = issue.errors.flatMap((issues) => issues.map(formOf));
  const cause = `expected ${[...new Set(forms)].join(" or ")}, got ${kindOf(valueAt(source.data, path))}`;
  return [{ path, problem: mistake("T015", source.placeOf(path), cause, "write one of these") }];
}

function describe(issue: Issue, base: Path, subject: Subject): Complaint[] {
  const { source } = subject;
  const path = [...base, ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  const one = (problem: Problem): Complaint[] => [{ path, problem }];
  switch (issue.code) {
    case "invalid_type":
      return one(wrongType(path, issue.expected, subject));
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], problem: unknownKey(path, key, subject) }));
    case "invalid_value":
      return one(wrongValue(path, issue.values, subject));
    case "too_small":
    case "too_big":
      return one(outOfRange(issue, path, subject));
    case "custom":
      return one(custom(issue, source.placeOf(path)));
    case "invalid_format":
      return one(wrongForm(issue, path, subject));
    case "invalid_key":
      return badKey(issue, path, subject).map((problem) => ({ path, problem }));
    case "invalid_union":
      return noForm(issue, path, subject);
    default:
      return one(mistake("T016", source.placeOf(path), issue.message, "correct it"));
  }
}

/** Turns a schema's complaints into problems with places; leaves out what only follows from a refused value. */
export function describeIssues(issues: readonly Issue[], schema: z.core.$ZodType, source: Source): Complaint[] {
  return issues.flatMap((issue) => describe(issue, [], { schema, source })).filter(({ path }) => !source.refuses(path));
}
