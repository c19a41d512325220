import { EstateError } from "../model/problem";
import { addressMistake } from "./address";
import type { Checked } from "./check";
import type { Environment } from "./kubeconfig-file";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

/** Finds Vault's address without throwing. */
export function readVaultAddress(settings: Settings, environment: Environment, places?: Places): Checked<string> {
  if (settings.vault.address !== undefined) return { value: settings.vault.address, problems: [] };
  const address = environment["VAULT_ADDR"];
  if (address === undefined || address === "") {
    const place = places?.placeOf(["vault"], "key") ?? { file: "estate:vault" };
    return {
      problems: [
        mistake("P018", place, "Vault has no address", "write estate:vault: { address: ... }, or set VAULT_ADDR"),
      ],
    };
  }
  const wrong = addressMistake(address);
  if (wrong !== undefined)
    return { problems: [mistake(wrong.code, { file: "VAULT_ADDR" }, wrong.cause, wrong.remedy)] };
  return { value: address.replace(/\/+$/, ""), problems: [] };
}

/** The address under which Vault is reached: the settings', or else VAULT_ADDR; throws an EstateError. */
export function loadVaultAddress(settings: Settings, environment: Environment, places?: Places): string {
  const { value, problems } = readVaultAddress(settings, environment, places);
  if (value === undefined) throw new EstateError(problems);
  return value;
}
