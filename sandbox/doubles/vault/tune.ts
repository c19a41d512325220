import type { Input, Inputs } from "../framework/bridge/schema";
import type { Json, JsonMap } from "../framework/value";
import { isMap } from "../framework/value";
import { fromApi, toApi } from "./api";

const fields: Inputs = {
  defaultLeaseTtl: { type: "string", validate: duration, computed: true },
  maxLeaseTtl: { type: "string", validate: duration, computed: true },
  auditNonHmacRequestKeys: { type: { set: "string" } },
  auditNonHmacResponseKeys: { type: { set: "string" } },
  listingVisibility: { type: "string", oneOf: ["unauth", "hidden"], computed: true },
  passthroughRequestHeaders: { type: { set: "string" } },
  allowedResponseHeaders: { type: { set: "string" } },
  tokenType: { type: "string", oneOf: ["default-service", "default-batch", "service", "batch"], computed: true },
};

/** How an auth method is tuned. */
export const tune: Input = { type: { object: fields }, computed: true };

/** The body of a tune request. */
export function toTune(wanted: Json | undefined, old: Json | undefined = null): JsonMap {
  return toApi(fields, Object.keys(fields), isMap(wanted) ? wanted : {}, isMap(old) ? old : {});
}

/** What Vault says of it, in the shape of the property: Vault counts seconds, the property is written like `768h`. */
export function fromTune(data: JsonMap, prior: Json | undefined): JsonMap {
  const before = isMap(prior) ? prior : {};
  const leases = { default_lease_ttl: data["default_lease_ttl"], max_lease_ttl: data["max_lease_ttl"] };
  const texts = Object.fromEntries(
    Object.entries(leases).flatMap(([key, value]) =>
      typeof value === "number" ? [[key, shorten(value)] as const] : [],
    ),
  );
  return fromApi(fields, Object.keys(fields), { ...data, ...texts }, before);
}

/** Seconds as Terraform's provider writes them: `90` is `1m30s`, `3600` is `1h`. */
export function shorten(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : "")).join("") || "0s";
}

function duration(value: unknown): string | undefined {
  return typeof value === "string" && !/^(\d+(\.\d+)?(ns|us|ms|s|m|h))*$/.test(value)
    ? `${JSON.stringify(value)} is not a duration`
    : undefined;
}
