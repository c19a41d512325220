/**
 * What a recorded preview is cut down to before it is kept: steps of what stays as it is, what the CLI says of its own plugins,
 * and fields that no report reads go; addresses of the machine are made the same on each. Nothing else is touched.
 */

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const fieldsOf = (value: unknown): Fields[] => (Array.isArray(value) ? (value as unknown[]).filter(isFields) : []);

const unread = new Set(["dependencies", "propertyDependencies", "stackTrace", "sourcePosition", "created", "modified"]);
const echoes = new Set(["__inputs", "__fieldManager", "__initialApiVersion", "__defaults"]);

function trimState(state: unknown, op: string): unknown {
  if (!isFields(state)) return state;
  const kept = Object.entries(state).filter(([key]) => !unread.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) =>
      key === "outputs" && (op === "create" || op === "delete")
        ? [key, {}]
        : [
            key,
            isFields(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !echoes.has(name))) : value,
          ],
    ),
  );
}

const isStack = (urn: unknown): boolean => String(urn).includes("::pulumi:pulumi:Stack::");
const ownNoise = (message: unknown): boolean => String(message).includes("from $PATH at");

function placeless(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:10000")
    .replaceAll(/\/tmp\/estate-e2e-\w+/g, "/sandbox")
    .replaceAll(/"timestamp":\d+/g, '"timestamp":0');
}

/** A preview as one document. */
export function trimDocument(raw: string): string {
  const document = fields(JSON.parse(raw.slice(raw.indexOf("{"))));
  const steps = fieldsOf(document["steps"]);
  const changing = new Set(steps.filter(({ op }) => op !== "same" && op !== "refresh").map(({ urn }) => urn));
  const others = steps.filter(({ op, urn }) => op === "refresh" && !changing.has(urn)).slice(0, 1);
  const kept = steps.filter((step) => isStack(step["urn"]) || changing.has(step["urn"]) || others.includes(step));
  return placeless(
    `${JSON.stringify(
      {
        ...document,
        config: {},
        steps: kept.map((step) => ({
          ...step,
          ...(step["oldState"] === undefined ? {} : { oldState: trimState(step["oldState"], String(step["op"])) }),
          ...(step["newState"] === undefined ? {} : { newState: trimState(step["newState"], String(step["op"])) }),
        })),
        diagnostics: fieldsOf(document["diagnostics"]).filter(({ message }) => !ownNoise(message)),
      },
      undefined,
      1,
    )}\n`,
  );
}

function trimEvent(event: Fields): Fields[] {
  const kind = ["resourcePreEvent", "resOutputsEvent"].find((key) => key in event);
  if (kind === undefined) {
    const said = fields(event["diagnosticEvent"]);
    if (said["severity"] === "debug" || said["ephemeral"] === true || ownNoise(said["message"])) return [];
    return "preludeEvent" in event ? [] : [event];
  }
  const metadata = fields(fields(event[kind])["metadata"]);
  const op = String(metadata["op"]);
  const ended = kind === "resOutputsEvent";
  const found =
    ended && op === "refresh" && (metadata["new"] === null || Object.keys(fields(metadata["detailedDiff"])).length > 0);
  // What a step comes to is said at its begin; only a refresh and the stack itself say it at their end.
  const kept = isStack(metadata["urn"]) || found || (!ended && op !== "same" && op !== "refresh");
  if (!kept) return [];
  const states = { old: trimState(metadata["old"], op), new: trimState(metadata["new"], op) };
  return [{ ...event, [kind]: { metadata: { ...metadata, ...states } } }];
}

/** A preview as events, one a line. */
export function trimEvents(raw: string): string {
  const events = raw
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => fields(JSON.parse(line)));
  return placeless(
    `${events
      .flatMap(trimEvent)
      .map((event) => JSON.stringify(event))
      .join("\n")}\n`,
  );
}
