import { Complaint } from "@estate/sandbox/complaint";
import { parseArgs, type ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options of a command line; what cannot be read is one line with the usage, never a stack trace. Call it inside
 * `runCommand`, which prints that line and exits with 2.
 */
export function readArguments<T extends Options>(
  usage: string,
  options: T,
  args: readonly string[] = process.argv.slice(2),
): ReturnType<typeof parseArgs<{ options: T }>>["values"] {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (thrown) {
    throw misread(usage, whatOf(thrown));
  }
}

/**
 * The same of a command that also takes words by their places. Each of `names` is needed, and there are no others; with no
 * names at all it is {@link readArguments} of another form.
 */
export function readOperands<T extends Options, const Name extends string>(
  usage: string,
  options: T,
  names: readonly Name[],
  args: readonly string[],
): {
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>["values"];
  readonly operands: Readonly<Record<Name, string>>;
} {
  let read;
  try {
    read = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (thrown) {
    throw misread(usage, whatOf(thrown));
  }
  const { values, positionals } = read;
  const lacking = names[positionals.length];
  if (lacking !== undefined) throw misread(usage, `no <${lacking}>`);
  const spare = positionals[names.length];
  if (spare !== undefined) throw misread(usage, `Unexpected argument '${spare}'`);
  const operands = Object.fromEntries(names.map((name, index) => [name, positionals[index] ?? ""]));
  return { values, operands: operands as Readonly<Record<Name, string>> };
}

/** A command line that says something the command does not know, or that contradicts itself. */
export function misread(usage: string, what: string): Complaint {
  return new Complaint("cannot read the command line", what, `usage: ${usage}`);
}

/** Node's own words, without its advice on how to quote what it did not know. */
function whatOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return (text.split(/\. |\n/)[0] ?? "").replace(/\.$/, "");
}
