import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Place, Problem } from "../model/problem";
import { type Finding, readDocument, type YamlSource } from "./document";
import { mistake } from "./mistake";
import { type Path, type Source, valueAt } from "./source";
import { closest, suggestion } from "./suggestion";

/** All configuration of a running program by full key, as Pulumi hands it over: texts, and JSON for structures. */
export type RuntimeConfig = Readonly<Record<string, string>>;

/** The `estate:` keys of a stack, wherever they come from. */
export interface StackConfig {
  /** Absent when there is nothing to check. */
  readonly source?: Source;
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
}

const prefix = "estate:";

/** What the CLI itself keeps at the top of a stack file. */
const topKeys = ["config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"];

/** The file that holds a stack's configuration; a full stack name ends with the stack's own. */
export function stackFile(stack: string): string {
  return `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
}

/** The stacks that have a file in the project. */
export function stacksOf(projectDir: string): string[] {
  return readdirSync(projectDir)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();
}

function missingFile(projectDir: string, stack: string): Problem {
  const stacks = existsSync(projectDir) ? stacksOf(projectDir) : [];
  const cause = `stack "${stack}" has no file`;
  return mistake(
    "P015",
    { file: stackFile(stack) },
    cause,
    stacks.length === 0 ? "create it in the project's folder" : suggestion(stack, stacks),
  );
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{ secure: ... }`: the CLI's own form of an encrypted value. */
function holdsEncrypted(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsEncrypted);
  if (!isMapping(value)) return false;
  const keys = Object.keys(value);
  return (keys.length === 1 && keys[0] === "secure") || Object.values(value).some(holdsEncrypted);
}

function strayKeys(document: YamlSource): Problem[] {
  const config = valueAt(document.data, ["config"]);
  const top = Object.keys(isMapping(document.data) ? document.data : {})
    .filter((key) => !topKeys.includes(key))
    .map((key) => {
      const place = document.placeOf([key], "key");
      if (key.startsWith(prefix)) return mistake("K002", place, `"${key}" belongs under "config"`, "move it there");
      return mistake("K001", place, `unknown key "${key}"`, suggestion(key, topKeys));
    });
  const inside = Object.keys(isMapping(config) ? config : {}).flatMap((key) => {
    const place = document.placeOf(["config", key], "key");
    const [namespace = ""] = key.split(":");
    if (!key.includes(":"))
      return [mistake("K001", place, `key "${key}" has no namespace`, `did you mean "${prefix}${key}"?`)];
    const meant = namespace === "estate" ? undefined : closest(namespace, ["estate"]);
    return meant === undefined
      ? []
      : [mistake("K001", place, `unknown namespace "${namespace}"`, `did you mean "${meant}"?`)];
  });
  return [...top, ...inside, ...otherRegion(document, config)];
}

/** Pulumi's own key for the region: people write it out of habit, and Estate makes everything where `estate:aws` says. */
function otherRegion(document: YamlSource, config: unknown): Problem[] {
  const written = valueAt(config, ["aws:region"]);
  const counts = valueAt(config, [`${prefix}aws`, "region"]);
  if (typeof written !== "string" || typeof counts !== "string" || written === counts) return [];
  return [
    mistake(
      "A023",
      document.placeOf(["config", "aws:region"]),
      `"${written}" is another region than the "${counts}" of "${prefix}aws"`,
      "take it out, or write the same",
    ),
  ];
}

/** A key's value as a running program got it: a structure when it reads as one. */
function runtimeValue(text: string, isText: boolean): unknown {
  if (isText) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

interface Reading {
  readonly stack: string;
  readonly document: YamlSource | undefined;
  readonly runtime: RuntimeConfig | undefined;
  /** Whether a key takes this text as it is: `estate:name` may read `123`. */
  readonly takesText: (key: string, text: string) => boolean;
}

function estateData({ document, runtime, takesText }: Reading): { data: Record<string, unknown>; problems: Problem[] } {
  const data: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const config = valueAt(document?.data, ["config"]);
  for (const [full, value] of Object.entries(isMapping(config) ? config : {})) {
    if (full.startsWith(prefix)) data[full.slice(prefix.length)] = value;
  }
  for (const [full, text] of Object.entries(runtime ?? {})) {
    const key = full.slice(prefix.length);
    if (!full.startsWith(prefix) || key === "__proto__") continue;
    if (!Object.hasOwn(data, key) || holdsEncrypted(data[key])) data[key] = runtimeValue(text, takesText(key, text));
  }
  for (const key of Object.keys(data).filter((name) => holdsEncrypted(data[name]))) {
    const place = document?.placeOf(["config", `${prefix}${key}`], "key") ?? { file: `config ${prefix}${key}` };
    const remedy = "no estate: key is a secret: write it in clear";
    problems.push(mistake("P019", place, `"${prefix}${key}" is encrypted, and only Pulumi can read it`, remedy));
  }
  return { data, problems };
}

function inDocument(path: Path): Path {
  const [key, ...rest] = path;
  return key === undefined ? ["config"] : ["config", `${prefix}${String(key)}`, ...rest];
}

/** The findings about `estate:` values; other namespaces only have to be sound YAML. */
function estateFindings(document: YamlSource): Finding[] {
  return document.findings.flatMap((finding) => {
    const [top, full, ...rest] = finding.path;
    if (top === "config" && typeof full === "string" && full.startsWith(prefix))
      return [{ ...finding, path: [full.slice(prefix.length), ...rest] }];
    return finding.problem.code.startsWith("Y") && finding.certain ? [finding] : [];
  });
}

function sourceOf(reading: Reading, data: unknown): Source {
  const { document, stack } = reading;
  const isThere = (path: Path): boolean =>
    path.length === 0 || valueAt(document?.data, inDocument(path.slice(0, 1))) !== undefined;
  return {
    data,
    prefix,
    placeOf(path, part): Place {
      if (document === undefined || (!isThere(path) && valueAt(data, path.slice(0, 1)) !== undefined))
        return { file: path.length === 0 ? stackFile(stack) : `config ${prefix}${String(path[0])}` };
      return document.placeOf(inDocument(path), part);
    },
    writtenAt: (path) => document?.writtenAt(inDocument(path)),
    refuses: (path) => document?.refuses(inDocument(path)) ?? false,
  };
}

/**
 * Reads the `estate:` keys from the stack file itself, because the CLI rewrites values before a program sees them
 * (`1.30` becomes `1.3`) and knows no places. What is only in `runtime` (`--config`, environments, the Automation API)
 * and what is encrypted is taken from there.
 */
export function readStackConfig(
  projectDir: string,
  stack: string,
  runtime: RuntimeConfig | undefined,
  takesText: Reading["takesText"],
): StackConfig {
  const path = join(projectDir, stackFile(stack));
  const withoutFile = Object.keys(runtime ?? {}).some((key) => key.startsWith(prefix));
  if (!existsSync(path) && !withoutFile) return { findings: [], problems: [missingFile(projectDir, stack)] };
  const { document, problems } = existsSync(path)
    ? readDocument(path, stackFile(stack))
    : { document: undefined, problems: [] };
  if (document === undefined && problems.length > 0) return { findings: [], problems };
  const reading: Reading = { stack, document, runtime, takesText };
  const { data, problems: encrypted } = estateData(reading);
  const stray = document === undefined ? [] : strayKeys(document);
  const all = [...problems, ...stray, ...encrypted];
  // Without a readable value the schema would only tell the same again.
  if (encrypted.length > 0) return { findings: [], problems: all };
  return {
    source: sourceOf(reading, data),
    findings: document === undefined ? [] : estateFindings(document),
    problems: all,
  };
}
