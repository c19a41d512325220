import { z } from "zod";
import type { GitOpsFacts } from "../../model/gitops";
import type { EstateFacts } from "../../model/home";
import { usernamePrefix } from "../login";

/** Where Flux runs: on each cluster beside what it brings, or on the control plane for all. */
export const topologies = ["per-cluster", "hub"] as const;

const login = z
  .strictObject({ usernamePrefix: usernamePrefix("Flux", "flux:") })
  .describe("How the hub logs in to clusters, without a token that is stored anywhere: topology hub alone");

// Flux takes host and port of an address and leaves the rest out.
const server = z.string().regex(/^https:\/\/([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?\/?$/, {
  error: "write an address that begins with https://, of host and port alone",
});

/** Schema of `estate:gitops` for Flux. */
export const settingsSchema = z.strictObject({
  kind: z.literal("flux").describe("Flux, on every cluster or on the control plane for all"),
  topology: z
    .enum(topologies)
    .default("per-cluster")
    .describe("`per-cluster`: on every cluster. `hub`: on the control plane alone, from where it reaches the others"),
  leaving: z
    .boolean()
    .default(false)
    .describe("What Flux brought stays when it goes: the step before another kind or topology, on an estate that runs"),
  login: login.optional(),
  servers: z
    .record(z.string(), server)
    .optional()
    .describe("By cluster, the address under which the hub reaches it, where that is not the kubeconfig's"),
});

/** Whether another engine takes over next. */
export const isLeaving = (settings: GitOpsFacts["settings"]): boolean => settingsSchema.parse(settings).leaving;

/** What the hub needs to know, with its defaults. */
export interface HubSettings {
  readonly usernamePrefix: string;
  readonly servers: Readonly<Record<string, string>>;
}

/** The settings of an estate with a hub, checked before. */
export function hubSettings({ gitops }: Pick<EstateFacts, "gitops">): HubSettings {
  const found = settingsSchema.parse(gitops.settings);
  return { usernamePrefix: login.parse(found.login ?? {}).usernamePrefix, servers: found.servers ?? {} };
}
