#!/usr/bin/env bash
# Runs a command with the credentials of its job: a kubeconfig out of ESTATE_KUBECONFIG, and for AWS the job's identity token,
# for which AWS_ROLE_ARN gives a role. Both are files in a folder that goes when the command ends.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 077

# A secret that nobody has set arrives as an empty variable, which is not the same as none.
for name in PULUMI_CONFIG_PASSPHRASE VAULT_ADDR VAULT_TOKEN GITLAB_BASE_URL GITLAB_TOKEN HARBOR_URL HARBOR_USERNAME HARBOR_PASSWORD AWS_ROLE_ARN; do
  if [ -z "${!name:-}" ]; then unset "$name"; fi
done

if [ -n "${ESTATE_KUBECONFIG:-}" ]; then
  printf '%s\n' "$ESTATE_KUBECONFIG" > "$folder/kubeconfig"
  export KUBECONFIG="$folder/kubeconfig"
fi
unset ESTATE_KUBECONFIG

if [ -n "${AWS_ROLE_ARN:-}" ]; then
  # GitLab gives the token as a variable, GitHub at an address.
  if [ -z "${ESTATE_ID_TOKEN:-}" ]; then
    ESTATE_ID_TOKEN=$(curl --fail --silent --show-error --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
      "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" |
      node -e 'process.stdin.setEncoding("utf8"); let t = ""; process.stdin.on("data", (d) => (t += d)).on("end", () => process.stdout.write(JSON.parse(t).value))')
  fi
  printf '%s' "$ESTATE_ID_TOKEN" > "$folder/identity"
  export AWS_WEB_IDENTITY_TOKEN_FILE="$folder/identity"
fi
unset ESTATE_ID_TOKEN

"$@"
