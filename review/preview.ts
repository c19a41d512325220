import { type Fields, isFields, maskedProperties } from "./values";

/** A resource before or after a step. Nothing in it is secret: values are masked as they are read. */
export interface ResourceState {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly parent: string;
  readonly protect: boolean;
  /** The thing itself stays when the resource goes. */
  readonly retained: boolean;
}

/** One thing that the engine will do, or found. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  /** `pulumi:providers:kubernetes::dev-provider`, as far as it is said. */
  readonly provider: string;
  readonly before?: ResourceState;
  readonly after?: ResourceState;
  /** Kind of change by property path; empty when the provider told no more than top-level keys. */
  readonly paths: Readonly<Record<string, { readonly kind: string; readonly inputs: boolean }>>;
  readonly keys: readonly string[];
  readonly replacing: readonly string[];
  /** What a refresh found, where it is not what the state says; a step of the program has none. */
  readonly found?: "gone" | "changed";
}

/** What the engine or the program had to say. */
export interface Diagnostic {
  readonly severity: string;
  readonly message: string;
  readonly urn: string;
}

/** A policy that a resource does not keep. */
export interface Violation {
  readonly policy: string;
  readonly message: string;
  /** `mandatory` stops the run; `warning` does not. */
  readonly level: string;
  readonly urn: string;
}

/** A preview, whichever way it was told. */
export interface Preview {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  readonly violations: readonly Violation[];
  /** Outputs of the stack as it is, and as it would be where the preview told. */
  readonly outputs: {
    readonly before: Readonly<Record<string, unknown>>;
    readonly after?: Readonly<Record<string, unknown>>;
  };
  /** Whether it came to its end. */
  readonly whole: boolean;
}

const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] => list(value).filter((item) => typeof item === "string");

/** The type at the end of a URN's chain of types. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** The logical name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Colours as the engine writes them (`<{%reset%}>`) and as a terminal reads them. */
function plain(message: unknown): string {
  return text(message)
    .replaceAll(/<\{%[^%]*%\}>|\u001b\[[0-9;]*m/g, "")
    .trim();
}

function stateOf(type: string, raw: unknown): ResourceState | undefined {
  if (!isFields(raw)) return undefined;
  return {
    inputs: maskedProperties(type, raw["inputs"]),
    outputs: maskedProperties(type, raw["outputs"]),
    parent: text(raw["parent"]),
    protect: raw["protect"] === true,
    retained: raw["retainOnDelete"] === true,
  };
}

/** The words of both forms: a document's and an event's. */
interface Words {
  readonly before: string;
  readonly after: string;
  readonly keys: string;
  readonly replacing: string;
  readonly kind: string;
}

const ofDocument: Words = {
  before: "oldState",
  after: "newState",
  keys: "diffReasons",
  replacing: "replaceReasons",
  kind: "kind",
};
const ofEvent: Words = { before: "old", after: "new", keys: "diffs", replacing: "keys", kind: "diffKind" };

function stepOf(raw: Fields, words: Words): Step {
  const urn = text(raw["urn"]);
  const type = typeOf(urn);
  const before = stateOf(type, raw[words.before]);
  const after = stateOf(type, raw[words.after]);
  return {
    op: text(raw["op"]),
    urn,
    provider:
      text(raw["provider"]) ||
      text(fields(raw[words.after])["provider"]) ||
      text(fields(raw[words.before])["provider"]),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    paths: Object.fromEntries(
      Object.entries(fields(raw["detailedDiff"])).map(([path, diff]) => [
        path,
        { kind: text(fields(diff)[words.kind]), inputs: fields(diff)["inputDiff"] === true },
      ]),
    ),
    keys: texts(raw[words.keys]),
    replacing: texts(raw[words.replacing]),
  };
}

const isStack = ({ urn }: Pick<Step, "urn">): boolean => typeOf(urn) === "pulumi:pulumi:Stack";

function diagnosticOf(raw: Fields): Diagnostic {
  return {
    severity: text(raw["severity"]),
    message: plain(`${text(raw["prefix"])}${text(raw["message"])}`),
    urn: text(raw["urn"]),
  };
}

const differ = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other);

/**
 * What a document tells of a refresh: that it took place. What it found is seen from what the program then does: it makes anew
 * what is gone, and it begins from another state than the refresh did.
 */
function foundByNext(refresh: Step, later: readonly Step[]): Step[] {
  const next = later.find(({ urn, op }) => urn === refresh.urn && op !== "refresh");
  if (next?.op === "create") return [{ ...refresh, found: "gone" }];
  if (next?.before === undefined || !differ(next.before.inputs, refresh.before?.inputs)) return [];
  return [{ ...refresh, found: "changed" }];
}

function fromDocument(document: Fields): Preview {
  const steps = list(document["steps"])
    .filter(isFields)
    .map((step) => stepOf(step, ofDocument));
  const stack = steps.find(isStack);
  return {
    steps: steps
      .flatMap((step, index) => (step.op === "refresh" ? foundByNext(step, steps.slice(index + 1)) : [step]))
      .filter((step) => !isStack(step)),
    diagnostics: list(document["diagnostics"]).filter(isFields).map(diagnosticOf),
    // This form leaves them out (`ShowPreviewDigest` of the CLI): whoever has policies reads the events.
    violations: [],
    outputs: { before: stack?.before?.outputs ?? {} },
    whole: isFields(document["changeSummary"]),
  };
}

function violationOf(raw: Fields): Violation {
  return {
    policy: text(raw["policyName"]),
    message: plain(raw["message"]),
    level: text(raw["enforcementLevel"]),
    urn: text(raw["resourceUrn"]),
  };
}

/** A refresh of a resource tells what it found when it ends: nothing, or the fields that differ. */
function foundAtEnd(refresh: Step): Step[] {
  if (refresh.after === undefined) return [{ ...refresh, found: "gone" }];
  return Object.keys(refresh.paths).length === 0 ? [] : [{ ...refresh, found: "changed" }];
}

function fromEvents(events: readonly Fields[]): Preview {
  const steps: Step[] = [];
  let stack: Step | undefined;
  for (const event of events) {
    const begun = fields(event["resourcePreEvent"])["metadata"];
    const ended = fields(event["resOutputsEvent"])["metadata"];
    const metadata = isFields(begun) ? begun : ended;
    if (!isFields(metadata)) continue;
    const step = stepOf(metadata, ofEvent);
    // Its outputs are only known at its end.
    if (isStack(step)) stack = stack === undefined || isFields(ended) ? step : stack;
    else if (step.op === "refresh") steps.push(...(isFields(ended) ? foundAtEnd(step) : []));
    else if (isFields(begun)) steps.push(step);
  }
  const after = stack?.after?.outputs;
  const summary = events.find((event) => isFields(event["summaryEvent"]));
  return {
    steps,
    diagnostics: events
      .map((event) => event["diagnosticEvent"])
      .filter(isFields)
      .filter((raw) => raw["ephemeral"] !== true && raw["severity"] !== "debug")
      .map(diagnosticOf),
    violations: events
      .map((event) => event["policyEvent"])
      .filter(isFields)
      .map(violationOf),
    outputs: { before: stack?.before?.outputs ?? {}, ...(after === undefined ? {} : { after }) },
    whole: summary !== undefined && fields(summary["summaryEvent"])["result"] !== "failed",
  };
}

/** The text is no preview, in none of the forms. */
export class UnreadablePreview extends Error {
  override readonly name = "UnreadablePreview";
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Reads what `pulumi preview --json` printed: one document, or one event a line
 * (`PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true`), which is also the form of the engine's event log. Lines that are no event are
 * passed over, such as what a plugin wrote between. Throws an UnreadablePreview when there is neither.
 */
export function parsePreview(output: string): Preview {
  const document = parsed(output.slice(Math.max(output.indexOf("{"), 0)));
  if (isFields(document) && !("sequence" in document)) {
    if ("steps" in document || "changeSummary" in document || "diagnostics" in document) return fromDocument(document);
    throw new UnreadablePreview("the document has neither steps nor a summary");
  }
  const events = output
    .split("\n")
    .map(parsed)
    .filter(isFields)
    .filter((event) => "sequence" in event);
  if (events.length === 0) throw new UnreadablePreview("this is neither a document nor events of a preview");
  return fromEvents(events);
}
