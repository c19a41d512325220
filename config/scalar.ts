/** An unquoted value that another reader, or another tool, takes for something else. */
export interface Surprise {
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
  /**
   * Whether it is no text in YAML 1.2 either, so that nothing behind it can be trusted. Otherwise only YAML 1.1 tools
   * misread it, and a complaint of the schema about the same value tells more.
   */
  readonly certain: boolean;
}

const oldTrue = /^(?:y|yes|on)$/i;
const oldFalse = /^(?:n|no|off)$/i;
const date = /^\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?$/;
const baseSixty = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const oldNumber = /^[-+]?(?:\d[\d_]*_[\d_]*(?:\.\d*)?|0b[01_]+)$/;

/** What YAML 1.1 tools (kubectl, Helm, Flux) would read, where it is not what YAML 1.2 reads. */
export function oldBoolean(text: string): boolean | undefined {
  if (oldTrue.test(text)) return true;
  return oldFalse.test(text) ? false : undefined;
}

function surprisingNumber(source: string, value: number): Surprise | undefined {
  const certain = true;
  if (!Number.isFinite(value))
    return {
      certain,
      code: "T007",
      cause: `${source} is not a finite number`,
      remedy: "write a finite number, or quote it if it is text",
    };
  if (/^[-+]?0x/i.test(source))
    return {
      certain,
      code: "T008",
      cause: `hexadecimal ${source} is not allowed`,
      remedy: `write ${value}, or "${source}" for text`,
    };
  if (/^[-+]?0o/i.test(source))
    return {
      certain,
      code: "T003",
      cause: `octal ${source} is not allowed`,
      remedy: `write ${value}, or "${source}" for text`,
    };
  if (/^[-+]?0\d/.test(source))
    return { certain, code: "T003", cause: `leading zero in ${source}`, remedy: `write ${value} or "${source}"` };
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER && /^[-+]?\d+$/.test(source))
    return { certain, code: "T006", cause: `${source} is beyond 2^53`, remedy: `write it as text: "${source}"` };
  return undefined;
}

/** Tells when an unquoted scalar does not mean what it seems to. */
export function surpriseOf(source: string, value: unknown): Surprise | undefined {
  if (typeof value === "number") return surprisingNumber(source, value);
  if (typeof value !== "string") return undefined;
  const certain = false;
  const quoted = `quote it: "${source}"`;
  const old = oldBoolean(source);
  if (old !== undefined)
    return {
      certain,
      code: "T009",
      cause: `unquoted ${source} is ${String(old)} for YAML 1.1 tools`,
      remedy: `${quoted}, or write ${String(old)}`,
    };
  if (date.test(source))
    return { certain, code: "T005", cause: `unquoted date ${source}`, remedy: `quote dates: "${source}"` };
  if (baseSixty.test(source))
    return {
      certain,
      code: "T004",
      cause: `unquoted ${source} is a number in base 60 for YAML 1.1 tools`,
      remedy: quoted,
    };
  if (oldNumber.test(source))
    return { certain, code: "T002", cause: `unquoted ${source} is a number for YAML 1.1 tools`, remedy: quoted };
  if (/\n\s*- /.test(source))
    return {
      certain,
      code: "Y027",
      cause: "a list item was read as the end of the text above it",
      remedy: "put it below a key of its own, or quote the text",
    };
  return undefined;
}
