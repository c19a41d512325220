import { addDays } from "../model/date";
import { operationsProject } from "../model/names";
import type { EstatePlan, TenantPlan } from "./plan";

/** A credential that Estate makes, and its last day. */
export interface CredentialEnd {
  /** Its tenant; `platform` for what all share. */
  readonly tenant: string;
  /** What it is: `deploy token of ops-dev`. */
  readonly credential: string;
  /** `YYYY-MM-DD`. One that was made after `estate:credentials.issued` may last longer, and never less. */
  readonly ends: string;
}

function tenantEnds({ name, repositories, registry }: TenantPlan, estate: EstatePlan["estate"]): CredentialEnd[] {
  const { issued, expires, robotDays } = estate.credentials;
  const robots = addDays(issued, robotDays);
  const operations = repositories?.credentials === true ? repositories.operations : [];
  return [
    ...operations.flatMap(({ environment, automation, promotesFrom }) => {
      const project = operationsProject(environment);
      return [
        { tenant: name, credential: `${automation ? "access token" : "deploy token"} of ${project}`, ends: expires },
        ...(promotesFrom === undefined
          ? []
          : [{ tenant: name, credential: `access token for promotions into ${project}`, ends: expires }]),
      ];
    }),
    ...(registry?.credentials === true
      ? ["ci", ...registry.environments.map((environment) => `pull-${environment}`)].map((robot) => ({
          tenant: name,
          credential: `robot ${robot} of registry project ${registry.name}`,
          ends: robots,
        }))
      : []),
  ];
}

/** Every credential of a plan with its end, the earliest first. The plan has no clock: whoever asks compares with a day. */
export function credentialEnds({ estate, delivery, scope, tenants }: EstatePlan): CredentialEnd[] {
  // The platform's stack makes the one by which clusters read what tenants have on them.
  const shared =
    delivery === "direct" || scope.kind === "tenants"
      ? []
      : [
          {
            tenant: "platform",
            credential: "deploy token of cluster-management",
            ends: estate.credentials.expires,
          },
        ];
  const order = ({ ends, tenant, credential }: CredentialEnd): string => `${ends} ${tenant} ${credential}`;
  return [...shared, ...tenants.flatMap((tenant) => tenantEnds(tenant, estate))].sort((a, b) =>
    order(a) < order(b) ? -1 : 1,
  );
}
