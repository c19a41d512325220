import type { Addon } from "./addon";
import { entrance } from "./addons/entrance";
import { foundation } from "./addons/foundation";
import { policies } from "./addons/policies";
import { services } from "./addons/services";

/**
 * The catalogue: every addon that Estate knows, with the version it was read at. None is installed unless the settings name
 * it. A new one is an entry in a file of model/addons/, and docs/addons.md shows it.
 */
export const addons: readonly Addon[] = [...foundation, ...entrance, ...policies, ...services];
