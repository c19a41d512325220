import type { Problem } from "../model/problem";
import { roleAnnotation } from "../model/services";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Path, Places } from "./source";

/** The parts of a service's data that AWS manages. */
export function managedParts(
  install: Settings["gitlab"]["install"] | Settings["registry"]["install"],
): ("postgres" | "redis" | "objects")[] {
  if (install === undefined) return [];
  const { postgres, redis, objects } = install;
  return [
    ...("managed" in postgres ? (["postgres"] as const) : []),
    ...("managed" in redis ? (["redis"] as const) : []),
    ...(objects === "managed" ? (["objects"] as const) : []),
  ];
}

/** Data is managed where the control plane is on AWS, and its buckets bring the role by which they are reached. */
export function checkManaged(settings: Settings, plane: string, { placeOf }: Places): Problem[] {
  const cluster = settings.clusters[plane];
  return (["gitlab", "registry"] as const).flatMap((service) => {
    const { install } = settings[service];
    const at: Path = [service, "install"];
    const parts = managedParts(install);
    const elsewhere =
      cluster?.kind === "eks"
        ? []
        : parts.map((part) =>
            mistake(
              "A028",
              placeOf([...at, part]),
              `"managed" is made on AWS, beside a control plane of kind eks; "${plane}" was brought along`,
              part === "objects"
                ? "name buckets that are there, and their region"
                : "name what is there by its host: { host: ... }",
            ),
          );
    const twice =
      parts.includes("objects") && install?.accountAnnotations[roleAnnotation] !== undefined
        ? [
            mistake(
              "A029",
              placeOf([...at, "accountAnnotations", roleAnnotation], "key"),
              "managed buckets bring a role of their own, and a ServiceAccount has one",
              "take it out, or name buckets of your own",
            ),
          ]
        : [];
    return [...elsewhere, ...twice];
  });
}
