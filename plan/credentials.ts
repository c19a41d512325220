import { addDays } from "../model/date";
import { currentOf, generationsOf } from "../model/home";
import { operationsProject } from "../model/names";
import type { EstatePlan } from "./plan";
import type { TenantPlan } from "./tenant";

/** A credential that Estate makes, its last day, and the day by which it is to be rotated. */
export interface CredentialEnd {
  /** Its tenant; `platform` for what all share. */
  readonly tenant: string;
  /** What it is: `deploy token of ops-dev`. */
  readonly credential: string;
  /** `YYYY-MM-DD`. One that was made after `estate:credentials.issued` may last longer, and never less. */
  readonly ends: string;
  /** `YYYY-MM-DD`. Absent of one that was rotated already, and lasts until the next rotation or its end. */
  readonly rotate?: string;
}

interface Life {
  readonly repositories: Pick<CredentialEnd, "ends" | "rotate">;
  readonly images: Pick<CredentialEnd, "ends" | "rotate">;
  /** Tells those that were rotated from those in use. */
  readonly remark: string;
}

/** How long each generation lasts, of a tenant or of the platform. */
function lives({ credentials }: EstatePlan["estate"], tenant?: string): Life[] {
  const all = generationsOf(credentials, tenant);
  const current = currentOf(all);
  return all.map((generation) => {
    const used = generation === current;
    const due = used ? { rotate: addDays(generation.issued, credentials.rotateDays) } : {};
    return {
      repositories: { ends: generation.expires, ...due },
      images: { ends: addDays(generation.issued, credentials.robotDays), ...due },
      remark: used ? "" : `, rotated, of ${generation.issued}`,
    };
  });
}

function tenantEnds({ name, repositories, registry }: TenantPlan, estate: EstatePlan["estate"]): CredentialEnd[] {
  const operations = repositories?.credentials === true ? repositories.operations : [];
  return lives(estate, name).flatMap(({ repositories: git, images, remark }) => [
    ...operations.flatMap(({ environment, automation, promotesFrom }) => {
      const project = operationsProject(environment);
      return [
        { tenant: name, credential: `${automation ? "access token" : "deploy token"} of ${project}${remark}`, ...git },
        ...(promotesFrom === undefined
          ? []
          : [{ tenant: name, credential: `access token for promotions into ${project}${remark}`, ...git }]),
      ];
    }),
    ...(registry?.credentials === true && estate.registry.kind === "harbor"
      ? ["ci", ...registry.environments.map((environment) => `pull-${environment}`)].map((robot) => ({
          tenant: name,
          credential: `robot ${robot} of registry project ${registry.name}${remark}`,
          ...images,
        }))
      : []),
  ]);
}

/** Every credential of a plan with its end, the earliest first. The plan has no clock: whoever asks compares with a day. */
export function credentialEnds({ estate, delivery, scope, tenants }: EstatePlan): CredentialEnd[] {
  // The platform's stack makes the one by which clusters read what tenants have on them.
  const shared =
    delivery === "direct" || scope.kind === "tenants"
      ? []
      : lives(estate).map(({ repositories, remark }) => ({
          tenant: "platform",
          credential: `deploy token of cluster-management${remark}`,
          ...repositories,
        }));
  const order = ({ ends, tenant, credential }: CredentialEnd): string => `${ends} ${tenant} ${credential}`;
  return [...shared, ...tenants.flatMap((tenant) => tenantEnds(tenant, estate))].sort((a, b) =>
    order(a) < order(b) ? -1 : 1,
  );
}
