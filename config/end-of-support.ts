import { eksVersions, supportWarning } from "../model/aws/versions";
import type { Problem } from "../model/problem";
import { clustersOfKind } from "./clusters";
import { warning } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

/** Clusters on EKS whose version AWS soon leaves: told by commands, never by the program, whose plan has no clock. */
export function endOfSupport({ clusters }: Settings, today: string, { placeOf }: Places): Problem[] {
  return clustersOfKind(clusters, "eks").flatMap(([name, { version }]) => {
    const ending = supportWarning(version, today);
    if (ending === undefined) return [];
    return [
      warning(
        "A030",
        placeOf(["clusters", name, "version"]),
        `${ending} (as of ${eksVersions.asOf})`,
        "go to the next minor; AWS upgrades the cluster by itself when support has ended",
      ),
    ];
  });
}
