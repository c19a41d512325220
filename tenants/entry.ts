import type { Source } from "../config/source";
import type { Tenant } from "./schema";

/** One file of the tenants' folder, as far as it could be read. */
export interface TenantEntry {
  /** The file's name without its ending. */
  readonly name: string;
  /** The file as the report calls it: `tenants/payments.yaml`. */
  readonly file: string;
  /** Absent when the file's YAML could not be read. */
  readonly source?: Source;
  /** Absent when nothing could be read of it. Of a file with errors it is what could be saved, for finding more of them. */
  readonly tenant?: Tenant;
}

/** An entry whose tenant is known. */
export interface ReadableEntry extends TenantEntry {
  readonly source: Source;
  readonly tenant: Tenant;
}

/** The entries that satisfy the schema. */
export function readableEntries(entries: readonly TenantEntry[]): ReadableEntry[] {
  return entries.flatMap((entry) => {
    const { source, tenant } = entry;
    return source === undefined || tenant === undefined ? [] : [{ ...entry, source, tenant }];
  });
}
