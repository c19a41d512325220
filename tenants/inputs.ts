import { join } from "node:path";
import { readClusterAccess } from "../config/kubeconfig";
import type { Environment } from "../config/kubeconfig-file";
import type { Settings } from "../config/schema";
import type { Places } from "../config/source";
import { hasErrors, readSettings, type SettingsRequest } from "../config/settings";
import { readServiceSecrets } from "../config/service-secrets";
import { type Addresses, readAddresses } from "../config/services";
import type { ClusterAccesses } from "../model/cluster-access";
import type { ServiceSecrets } from "../model/service-secrets";
import { EstateError } from "../model/problem";
import type { TenantEntry } from "./entry";
import { readTenantFiles, type TenantFiles } from "./files";
import { nameForms, readTenants } from "./load";
import type { Tenant } from "./schema";

/** Which inputs to read. */
export interface InputsRequest extends SettingsRequest {
  /** The folder of the tenant files; `tenants` in the project's folder when absent. */
  readonly directory?: string;
  /** Variables of the process: KUBECONFIG, HOME, PATH and VAULT_ADDR count. */
  readonly environment: Environment;
}

/** Everything that a run reads before it decides anything. */
export interface Inputs {
  readonly settings: Settings;
  readonly tenants: readonly Tenant[];
  readonly access: ClusterAccesses;
  readonly addresses: Addresses;
  /** For services that are installed. */
  readonly serviceSecrets: ServiceSecrets;
  /** All tenant files, those of other stacks and of removed tenants, too; none for a platform. */
  readonly entries: readonly TenantEntry[];
  /** Where the settings stand. */
  readonly places: Places;
}

/** Settings and tenants of a stack with all that is wrong with them; throws when there is too little to go on. */
function readFiles(request: Omit<InputsRequest, "environment">) {
  const { settings, source, problems } = readSettings(request);
  const directory = request.directory ?? join(request.projectDir, "tenants");
  // A platform has no tenants, and no mistake in a tenant's file stops it.
  const files: TenantFiles =
    settings?.scope === "platform" ? { entries: [], problems: [] } : readTenantFiles(directory, request.features);
  if (settings === undefined || source === undefined)
    throw new EstateError([...problems, ...files.problems, ...nameForms(files)]);
  const tenants = readTenants(files, { directory, settings, features: request.features, settingsPlaces: source });
  return { settings, source, tenants, entries: files.entries, problems: [...problems, ...tenants.problems] };
}

/** Addresses that stand in for those which nothing says: no name below `.invalid` is anybody's (RFC 2606). */
const nowhere = {
  VAULT_ADDR: "https://vault.invalid",
  GITLAB_BASE_URL: "https://gitlab.invalid",
  HARBOR_URL: "https://registry.invalid",
};

/**
 * What the files alone say, for looking and not for a run: no kubeconfig, no secret and no address is needed. Throws one
 * EstateError with everything that is wrong in them.
 */
export function loadFiles(
  request: InputsRequest,
): Pick<Inputs, "settings" | "tenants" | "addresses" | "entries" | "places"> {
  const { settings, source, tenants, entries, problems } = readFiles(request);
  const addresses = readAddresses(settings, { ...nowhere, ...request.environment }, source);
  const all = [...problems, ...addresses.problems];
  if (addresses.value === undefined || hasErrors(all)) throw new EstateError(all);
  return {
    settings,
    tenants: tenants.selected.map(({ tenant }) => tenant),
    addresses: addresses.value,
    entries,
    places: source,
  };
}

/** Reads all inputs of a stack; throws one EstateError with everything that is wrong in any of them. */
export function loadInputs(request: InputsRequest): Inputs {
  const { settings, source, tenants, entries, problems } = readFiles(request);
  const access = readClusterAccess(settings, request.environment, source);
  const addresses = readAddresses(settings, request.environment, source);
  const secrets = readServiceSecrets(settings, request.environment, source);
  const all = [...problems, ...access.problems, ...addresses.problems, ...secrets.problems];
  if (access.value === undefined || addresses.value === undefined || secrets.value === undefined || hasErrors(all))
    throw new EstateError(all);
  return {
    settings,
    tenants: tenants.selected.map(({ tenant }) => tenant),
    access: access.value,
    addresses: addresses.value,
    serviceSecrets: secrets.value,
    entries,
    places: source,
  };
}
