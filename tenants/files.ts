import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { checkDocument } from "../config/check";
import { readDocument, type ReadDocument } from "../config/document";
import { legible, mistake } from "../config/mistake";
import type { Features } from "../config/settings";
import type { Problem } from "../model/problem";
import type { TenantEntry } from "./entry";
import { tenantSchemaVersion } from "./migrations";
import { tenantSchema } from "./schema";

/** The tenants' folder as far as it could be read. */
export interface TenantFiles {
  readonly entries: readonly TenantEntry[];
  readonly problems: readonly Problem[];
}

/** Another spelling of the ending: found by people, and by no loader. */
const otherEnding = /\.(?:yml|YAML|YML|Yaml|Yml)$/;

function wrongEnding(file: string, folder: string, all: readonly string[]): Problem {
  const name = file.replace(otherEnding, "");
  const right = `${name}.yaml`;
  const place = { file: legible(`${folder}/${file}`) };
  if (!all.includes(right)) return mistake("Y013", place, "tenant files end with .yaml", `rename it to ${right}`);
  return mistake(
    "Y013",
    place,
    `both define tenant "${name}": ${folder}/${file}, ${folder}/${right}`,
    "delete one of the two",
  );
}

/** Stands in for required keys of a file that lacks them, while the rest of it is checked against the settings. */
const required = { schema: tenantSchemaVersion, displayName: "-", owner: { email: "nobody@example.invalid" } };

/** One tenant's file, as it was read, checked against the schema. */
export function entryOf(
  name: string,
  file: string,
  { document, problems }: ReadDocument,
  features: Features,
  schema = tenantSchema(features),
): { readonly entry: TenantEntry; readonly problems: readonly Problem[] } {
  const entry = { name, file };
  if (document === undefined) return { entry, problems };
  const { value, problems: wrong } = checkDocument(schema, document, document.findings, required);
  const read = value === undefined ? {} : { tenant: { ...value, name } };
  return { entry: { ...entry, source: document, ...read }, problems: [...problems, ...wrong] };
}

/** Reads every tenant file and checks it against the schema; what lies beside them in the folder is passed over. */
export function readTenantFiles(directory: string, features: Features): TenantFiles {
  const folder = basename(directory);
  if (!existsSync(directory))
    return {
      entries: [],
      problems: [mistake("Y011", { file: folder }, "no such folder", "create it; it holds one file per tenant")],
    };
  // Editors leave hidden files behind.
  const files = readdirSync(directory)
    .filter((file) => !file.startsWith("."))
    .sort();
  const schema = tenantSchema(features);
  const problems = files.filter((file) => otherEnding.test(file)).map((file) => wrongEnding(file, folder, files));
  const entries = files
    .filter((file) => file.endsWith(".yaml"))
    .map((file): TenantEntry => {
      const named = legible(`${folder}/${file}`);
      const read = readDocument(join(directory, file), named);
      const checked = entryOf(basename(file, ".yaml"), named, read, features, schema);
      problems.push(...checked.problems);
      return checked.entry;
    });
  return { entries, problems };
}
