import { ecrHost } from "../model/aws/images";
import type { Problem } from "../model/problem";
import { addressMistake } from "./address";
import { serviceHost, serviceWords } from "../model/services";
import type { Checked } from "./check";
import { controlPlaneOf } from "./check-installation";
import type { Environment } from "./kubeconfig-file";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

/** Addresses of the shared services, without a slash at the end. */
export interface Addresses {
  readonly vault: string;
  readonly gitlab: string;
  readonly registry: string;
}

/** A service: where its settings are, and the variable in which its provider looks for the address. */
interface Service {
  readonly key: keyof Addresses;
  readonly title: string;
  readonly field: "address" | "url";
  readonly variable: string;
}

const services: readonly Service[] = [
  { key: "vault", title: "Vault", field: "address", variable: "VAULT_ADDR" },
  { key: "gitlab", title: "GitLab", field: "url", variable: "GITLAB_BASE_URL" },
  { key: "registry", title: "the registry", field: "url", variable: "HARBOR_URL" },
];

/** GitLab's provider takes the address with or without the API's path. */
const plain = (address: string): string =>
  address
    .replace(/\/+$/, "")
    .replace(/\/api\/v4$/, "")
    .replace(/\/+$/, "");

function configured(settings: Settings, key: keyof Addresses): string | undefined {
  return key === "vault" ? settings.vault.address : settings[key].url;
}

function readAddress(
  { key, title, field, variable }: Service,
  settings: Settings,
  environment: Environment,
  places?: Places,
): Checked<string> {
  const { aws, registry } = settings;
  // One that is refused already for want of an account.
  if (key === "registry" && registry.kind === "ecr")
    return { value: aws === undefined ? "https://registry.invalid" : `https://${ecrHost(aws)}`, problems: [] };
  const plane = controlPlaneOf(settings);
  if (settings[key].install !== undefined && plane !== undefined)
    return { value: `https://${serviceHost(serviceWords[key], plane, settings.domain)}`, problems: [] };
  const own = configured(settings, key);
  if (own !== undefined) return { value: own, problems: [] };
  const address = environment[variable];
  if (address === undefined || address === "") {
    const place = places?.placeOf([key], "key") ?? { file: `estate:${key}` };
    const remedy = `write estate:${key}: { ${field}: ... }, or set ${variable}`;
    return { problems: [mistake("P018", place, `${title} has no address`, remedy)] };
  }
  const wrong = addressMistake(address);
  if (wrong !== undefined) return { problems: [mistake(wrong.code, { file: variable }, wrong.cause, wrong.remedy)] };
  return { value: plain(address), problems: [] };
}

/** The services' addresses: that of the host of one that is installed; the settings'; or else those of the providers' own environment variables. */
export function readAddresses(settings: Settings, environment: Environment, places?: Places): Checked<Addresses> {
  const problems: Problem[] = [];
  const found = services.flatMap((service) => {
    const { value, problems: wrong } = readAddress(service, settings, environment, places);
    problems.push(...wrong);
    return value === undefined ? [] : [[service.key, value] as const];
  });
  const { vault, gitlab, registry } = Object.fromEntries(found) as Partial<Addresses>;
  if (vault === undefined || gitlab === undefined || registry === undefined) return { problems };
  return { value: { vault, gitlab, registry }, problems };
}
