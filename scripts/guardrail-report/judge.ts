import { KubernetesStatusError, NoMatchError, type KubernetesClient } from "@estate/clients";
import { Complaint } from "@estate/sandbox";
import type { Question } from "./requests";

/** One demand of a policy that a request does not meet. */
export interface Finding {
  /** The policy's name in the cluster. */
  readonly policy: string;
  /** Its own message. */
  readonly reason: string;
}

/** What the API server says to a request: what policies find, or why none was asked. */
export type Judgement = { readonly findings: readonly Finding[] } | { readonly unjudged: string };

const warned = /^Validation failed for ValidatingAdmissionPolicy '([^']+)' with binding '[^']+': ([\s\S]*)$/;
const denied = /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([\s\S]*)$/;

/** Finds what was found in a text of the API server's. */
function finding(text: string, form: RegExp): Finding[] {
  const [, policy, reason] = form.exec(text) ?? [];
  return policy === undefined || reason === undefined ? [] : [{ policy, reason: reason.trim() }];
}

/** A quota is counted after all policies have been asked, so it says nothing of them. */
const counted = /exceeded quota|failed quota/;

/**
 * Asks for a creation as somebody else, without the deed. A policy that warns tells of itself in a header, whatever becomes of
 * the request; of those that deny the API server names the first alone.
 */
export async function judge(client: KubernetesClient, { object, as }: Question): Promise<Judgement> {
  const { namespace } = object.metadata;
  let path: string;
  try {
    path = await client.pathOf({ ...object, metadata: namespace === undefined ? {} : { namespace } });
  } catch (error) {
    if (error instanceof NoMatchError) return { unjudged: error.message };
    throw error;
  }
  const { status, body, warnings } = await client.request("POST", path, {
    query: { dryRun: "All", fieldManager: "estate-guardrail-report" },
    impersonate: as,
    body: object,
  });
  const found = warnings.flatMap((text) => finding(text, warned));
  if (status < 400) return { findings: found };
  const { message } = KubernetesStatusError.from(status, body);
  if (/cannot impersonate resource/.test(message))
    throw new Complaint(
      `context ${client.context} may not ask as somebody else`,
      message,
      "use a login that may impersonate users, groups and ServiceAccounts",
    );
  const refused = finding(message, denied);
  if (refused.length > 0 || found.length > 0 || counted.test(message)) return { findings: [...refused, ...found] };
  return { unjudged: message };
}
