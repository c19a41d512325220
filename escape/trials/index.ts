import type { Trial } from "../attack";
import { fluxObjects } from "./flux-objects";
import { hosts } from "./hosts";
import { images } from "./images";
import { operateOnly } from "./operations";
import { pods } from "./pods";
import { rights } from "./rights";
import { secrets } from "./secrets";
import { walls } from "./walls";
import { services } from "./services";
import { volumes } from "./volumes";

/** What each guardrail is tried with. */
export const trials: readonly Trial[] = [
  fluxObjects,
  images,
  pods,
  services,
  volumes,
  ...walls,
  ...rights,
  ...secrets,
  hosts,
  operateOnly,
];
