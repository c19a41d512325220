import type { EstateFacts } from "../model/home";
import { argoObjects } from "./argo-objects";
import { fluxObjects } from "./flux-objects";
import type { Guardrail } from "./guardrail";
import { hosts } from "./hosts";
import { images } from "./images";
import { allowedKinds } from "./kinds";
import { labels } from "./labels";
import { managed } from "./managed";
import { namespaces } from "./namespaces";
import { networkRules } from "./network-rules";
import { operateOnly } from "./operate-only";
import { pods } from "./pods";
import { roleBindings } from "./role-bindings";
import { secretStores } from "./secret-stores";
import { services } from "./services";
import { status } from "./status";
import { tokenRequests } from "./token-requests";
import { tokenSecrets } from "./token-secrets";
import { volumes } from "./volumes";

/** The guardrails in force on every cluster. A new one is one file and one name here. */
export function guardrails(estate: EstateFacts): readonly Guardrail[] {
  return [
    allowedKinds,
    ...(estate.gitops.kind === "argocd" ? [argoObjects] : []),
    fluxObjects(estate),
    hosts,
    images(estate),
    labels,
    managed,
    namespaces,
    networkRules,
    operateOnly,
    pods(estate),
    roleBindings,
    secretStores(estate),
    services,
    status,
    tokenRequests,
    tokenSecrets,
    volumes,
  ];
}

/** The names that its policies have in a cluster, and by which the API server tells of them. */
export const policyNames = ({ objects }: Guardrail): string[] =>
  objects.filter(({ kind }) => kind === "ValidatingAdmissionPolicy").map(({ metadata }) => metadata.name);
