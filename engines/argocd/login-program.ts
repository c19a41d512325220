import { loginProgram, tokenFolder } from "./names";
import type { ArgoCdSettings } from "./settings";

const beginning = `#!/bin/sh
# How Argo CD logs in to a cluster: prints an ExecCredential. Written by Estate.
set -eu
cluster=$1
token=$(cat "${tokenFolder}/$cluster")
`;

/** What both forms end with. No answer but a token in its own form ever becomes a credential. */
const answer = `case "$token" in
  "" | *[!A-Za-z0-9._-]*)
    echo "cluster-login: no token for $cluster" >&2
    exit 1
    ;;
esac
until=$(date -u -d "+$lasts seconds" +%Y-%m-%dT%H:%M:%SZ)
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
printf '"status":{"expirationTimestamp":"%s","token":"%s"}}\\n' "$until" "$token"
`;

/**
 * The program. `issuer`: the pod's own token for that cluster, which the kubelet renews long before its end. `exchange`: what
 * the service gives for it; curl fails on an error's page, trusts the named authority alone, and gets the token by its input,
 * so that no list of processes shows it.
 */
export function loginText(
  login: { readonly kind: "issuer" } | Extract<ArgoCdSettings["login"], { readonly kind: "exchange" }>,
): string {
  if (login.kind === "issuer") return `${beginning}lasts=60\n${answer}`;
  const authority = login.caPem === undefined ? "" : `--cacert "${loginProgram.folder}/ca.pem" `;
  return `${beginning}lasts=30
token=$(printf 'Authorization: Bearer %s\\n' "$token" |
  curl --fail --silent --show-error --proto =https --max-time 20 ${authority}--header @- \\
    --get --data-urlencode "targetName=$cluster" '${login.url}')
${answer}`;
}
