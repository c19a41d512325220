import type { WantingHome } from "./engine";

/** Homes of one environment: a namespace of one name, on one cluster or several. */
export type HomesOfEnvironment = readonly [first: WantingHome, ...others: WantingHome[]];

/** The homes by environment, in their order. */
export function byEnvironment(homes: readonly WantingHome[]): HomesOfEnvironment[] {
  const environments = new Map<string, [WantingHome, ...WantingHome[]]>();
  for (const one of homes) {
    const { name } = one.home.environment;
    const others = environments.get(name);
    if (others === undefined) environments.set(name, [one]);
    else others.push(one);
  }
  return [...environments.values()];
}
