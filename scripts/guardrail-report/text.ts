import type { Guardrail } from "../../guardrails/guardrail";
import type { GuardrailReport } from "./report";

const count = (number: number, what: string): string => `${String(number)} ${what}${number === 1 ? "" : "s"}`;

/** The report as people read it: by guardrail, what it would refuse and why. */
export function reportLines(
  { cluster, missing, modes, asked, refused, unjudged }: GuardrailReport,
  guardrails: readonly Guardrail[],
): string[] {
  const warning = Object.entries(modes).flatMap(([name, mode]) => (mode === "warn" ? [name] : []));
  const objects = new Set(refused.map(({ namespace, kind, name }) => `${namespace}/${kind}/${name}`));
  const tenants = new Set(refused.map(({ tenant }) => tenant));
  return [
    `cluster ${cluster}: ${warning.length === 0 ? "all guardrails that it has enforce" : `only warn: ${warning.join(", ")}`}`,
    ...(missing.length === 0 ? [] : [`  not on this cluster, so not asked: ${missing.join(", ")}`]),
    ...guardrails.flatMap(({ name, summary }) => {
      const own = refused.filter(({ guardrail }) => guardrail === name);
      if (own.length === 0) return [];
      return [
        `  ${name}: ${summary}`,
        ...own.map(
          ({ namespace, kind, name: object, reason, managers }) =>
            `    ${namespace} ${kind}/${object}${managers.length === 0 ? "" : ` (by ${managers.join(", ")})`}: ${reason}`,
        ),
      ];
    }),
    ...(unjudged.length === 0 ? [] : ["  refused before any guardrail was asked:"]),
    ...unjudged.map(({ namespace, kind, name, reason }) => `    ${namespace} ${kind}/${name}: ${reason}`),
    `  ${count(objects.size, "object")} of ${count(tenants.size, "tenant")} would be refused, of ${String(asked)} asked about`,
  ];
}
