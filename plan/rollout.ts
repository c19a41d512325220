import type { Settings } from "../config/schema";
import { applyExceptions } from "../model/profile";
import { named } from "./facts";

/**
 * The settings as they hold on clusters of a ring: with the change that goes ring by ring where it has come so far. It is
 * newer than what it stands over, so no later ring is ahead of an earlier one.
 */
export function settingsOnRing(settings: Settings, ring: number): Settings {
  const { rollout } = settings;
  if (rollout === undefined || ring > rollout.upTo) return settings;
  const addons = Object.entries(rollout.addons).map(([name, version]) => [
    name,
    { ...named(settings.addons, name, "addon"), version },
  ]);
  const profiles = Object.entries(rollout.profiles).map(([name, changes]) => [
    name,
    applyExceptions(named(settings.profiles, name, "profile"), changes, ""),
  ]);
  return {
    ...settings,
    addons: { ...settings.addons, ...(Object.fromEntries(addons) as Settings["addons"]) },
    profiles: { ...settings.profiles, ...(Object.fromEntries(profiles) as Settings["profiles"]) },
  };
}
