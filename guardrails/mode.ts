import type { GuardrailMode } from "../model/guardrail-mode";
import type { Json, KubernetesObject } from "../model/kubernetes";
import type { Guardrail } from "./guardrail";

/** What the API server does with a request that a policy denies. */
const actions: Readonly<Record<GuardrailMode, readonly Json[]>> = { enforce: ["Deny"], warn: ["Warn", "Audit"] };

/** The mode in which a guardrail stands on a cluster of that mode. */
export const modeOf = ({ always }: Guardrail, mode: GuardrailMode): GuardrailMode =>
  always === undefined ? mode : "enforce";

/** A guardrail's objects for a cluster of that mode: the same policies, and bindings that deny or warn. */
export function inMode(guardrail: Guardrail, mode: GuardrailMode): KubernetesObject[] {
  const validationActions = [...actions[modeOf(guardrail, mode)]];
  return guardrail.objects.map((object) =>
    object.kind === "ValidatingAdmissionPolicyBinding"
      ? { ...object, spec: { ...(object.spec as { readonly [key: string]: Json }), validationActions } }
      : object,
  );
}
