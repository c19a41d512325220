import type { CheckFailure, CheckRequest } from "../plugin";
import { conceal, containsUnknown, reveal, secretPaths, type Bare, type BareMap, type PropertyMap } from "../value";
import { coerceObject } from "./coerce";
import { schemaSecrets } from "./check";
import type { Input, Inputs } from "./schema";

/** The table of a provider's own configuration. */
export type ConfigTable = Inputs;

/** A checked configuration. */
export interface CheckedConfig {
  /** As the engine keeps it: what is no text is JSON text. */
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
  /** In the table's types, with the environment's values and the defaults. */
  readonly typed: BareMap;
}

/** The engine's own notes in a provider's inputs. */
const ENGINES = new Set(["version", "pluginDownloadURL"]);

/** Checks a provider configuration. Non-strings arrive as JSON text, since the engine's configuration is text. */
export function checkConfig(
  table: ConfigTable,
  { news }: Pick<CheckRequest, "news">,
  environment: NodeJS.ProcessEnv = process.env,
): CheckedConfig {
  const bare = reveal(news);
  const given = Object.fromEntries(
    Object.entries(bare).filter(([key, value]) => !key.startsWith("__") && !ENGINES.has(key) && value !== null),
  );
  const parsed: Record<string, Bare> = {};
  for (const [key, value] of Object.entries(given)) parsed[key] = parse(table[key], value);
  for (const [key, input] of Object.entries(table)) {
    if (parsed[key] !== undefined) continue;
    const found = input.env?.map((name) => environment[name]).find((value) => value !== undefined && value !== "");
    if (found !== undefined) parsed[key] = parse(input, found);
    else if (input.default !== undefined) parsed[key] = input.default;
  }
  const { value, failures } = coerceObject(parsed, table, "");
  // What is secret inside JSON text makes the whole text secret.
  const inText = schemaSecrets(table).map((path) =>
    typeof bare[path[0] ?? ""] === "string" ? path.slice(0, 1) : path,
  );
  const secrets = [...secretPaths(news), ...inText];
  // The environment's values stay out of the recorded inputs: they may be secret, and differ between machines.
  return { inputs: conceal(bare, secrets), failures, typed: value };
}

function parse(input: Input | undefined, value: Bare): Bare {
  if (input === undefined || input.type === "string" || typeof value !== "string" || containsUnknown(value))
    return value;
  try {
    return JSON.parse(value) as Bare;
  } catch {
    return value;
  }
}
