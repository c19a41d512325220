import { mistake } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Features } from "../config/settings";
import type { Places } from "../config/source";
import { suggestion } from "../config/suggestion";
import type { Problem } from "../model/problem";
import { checkTenants, isSelected } from "./check";
import { type ReadableEntry, readableEntries } from "./entry";
import type { TenantFiles } from "./files";
import { nameProblems } from "./name";

/** Which tenants to read. */
export interface TenantsRequest {
  /** The folder of the tenant files. */
  readonly directory: string;
  readonly settings: Settings;
  readonly features: Features;
  /** Only these of the tenants that the settings want. */
  readonly only?: readonly string[];
  /** Where the settings stand, for problems that are theirs. */
  readonly settingsPlaces?: Places;
}

/** Tenants of a stack, and everything that is wrong with any file. */
export interface ReadTenants {
  /** The selected ones that could be read, sorted by name. */
  readonly selected: readonly ReadableEntry[];
  readonly problems: readonly Problem[];
}

const settingsNowhere: Places = { placeOf: (path) => ({ file: `estate:${path.join(".")}` }) };

function unknownOnly(only: readonly string[], files: TenantFiles, directory: string): Problem[] {
  const names = files.entries.map(({ name }) => name);
  return only
    .filter((name) => !names.includes(name))
    .map((name) => mistake("P016", { file: directory }, `no tenant "${name}"`, suggestion(name, names)));
}

/** What can be said of names while the settings cannot be read. */
export function nameForms({ entries }: TenantFiles): Problem[] {
  return entries.flatMap(({ name, file }) => nameProblems(name, [], { file }));
}

/** Checks files that were read already against the settings of one stack, without throwing. */
export function readTenants(files: TenantFiles, request: TenantsRequest): ReadTenants {
  const { settings, features, only, directory, settingsPlaces = settingsNowhere } = request;
  const problems = [
    ...files.problems,
    ...checkTenants(files.entries, settings, features, settingsPlaces),
    ...unknownOnly(only ?? [], files, directory),
  ];
  const selected = readableEntries(files.entries).filter(
    ({ name }) => isSelected(name, settings.tenants) && only?.includes(name) !== false,
  );
  return { selected, problems };
}
