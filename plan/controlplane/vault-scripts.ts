/**
 * What the Job does that makes a new Vault usable. The same texts run as plain processes against a real Vault in
 * test/e2e/vault-bootstrap.test.ts. They are POSIX shell for a small image: no jq, and `vault` prints JSON over several lines.
 *
 * Variables: WORK (a folder in memory that all steps share), VAULT_ADDR, WAIT_SECONDS; LOGIN_MOUNT and LOGIN_USER, and
 * CREDENTIALS (a folder with the file `password`, without a newline): the login that the platform has afterwards.
 */
const shared = `umask 077
fail() { echo "$1" >&2; exit 1; }
status() { vault status -format=json 2>/dev/null || true; }
is() { status | grep -q "\\"$1\\": *$2"; }
await() {
  waited=0
  until "$@"; do
    [ "$waited" -lt "$WAIT_SECONDS" ] || return 1
    sleep 2
    waited=$((waited + 2))
  done
}
login() { vault write -field=token "auth/$LOGIN_MOUNT/login/$LOGIN_USER" "password=@$CREDENTIALS/password" 2>/dev/null; }
`;

/**
 * Initialises, once. RECOVERY_SHARES and RECOVERY_THRESHOLD, and in RECOVERY_PGP a folder of public keys, one for each share.
 * A Vault that is initialised already is right when the platform can log in; else nothing here can mend it, and nothing is
 * made anew.
 */
export const initialise = `${shared}
await is initialized '[a-z]*' || fail "Vault does not answer at $VAULT_ADDR"
if is initialized true; then
  if [ -s "$WORK/root-token" ]; then echo "initialised by this pod"; exit 0; fi
  await is sealed false || fail "Vault is initialised and sealed: look at its log for why the seal does not open it"
  if login >/dev/null; then echo "initialised before, and the platform can log in"; exit 0; fi
  fail "Vault was initialised by somebody else, or a run broke off before it was configured. Make a root token with the recovery keys (vault operator generate-root) and configure it by hand, or, if it holds nothing yet, delete its volumes and run again"
fi
set -- "-recovery-shares=$RECOVERY_SHARES" "-recovery-threshold=$RECOVERY_THRESHOLD"
if [ -n "\${RECOVERY_PGP:-}" ]; then
  keys=""
  for key in "$RECOVERY_PGP"/*; do keys="\${keys:+$keys,}$key"; done
  set -- "$@" "-recovery-pgp-keys=$keys"
fi
vault operator init -format=json "$@" >"$WORK/init.json"
sed -n 's/^ *"root_token": *"\\([^"]*\\)".*/\\1/p' "$WORK/init.json" >"$WORK/root-token"
[ -s "$WORK/root-token" ] || fail "Vault gave no root token"
echo "initialised"
`;

/**
 * Keeps the recovery keys in a Secret, and the root token nowhere. API_SERVER, NAMESPACE, RECOVERY_SECRET; TOKEN, a folder with
 * the Job's own token and the API server's CA. Without a new Vault there is nothing to keep.
 */
export const keepRecoveryKeys = `umask 077
if [ ! -s "$WORK/init.json" ]; then echo "nothing to keep"; exit 0; fi
keys="$(tr -d ' \\n' <"$WORK/init.json" | sed -n 's/.*"recovery_keys_b64":\\(\\[[^]]*\\]\\).*/\\1/p')"
[ -n "$keys" ] || { echo "Vault gave no recovery keys" >&2; exit 1; }
cat >"$WORK/secret.json" <<END
{"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{"name":"$RECOVERY_SECRET","namespace":"$NAMESPACE"},"data":{"recovery-keys.json":"$(printf '%s' "$keys" | base64 | tr -d '\\n')"}}
END
printf 'Authorization: Bearer %s' "$(cat "$TOKEN/token")" | curl --fail-with-body --silent --show-error --retry 10 --retry-connrefused \\
  --cacert "$TOKEN/ca.crt" --header @- --header 'Content-Type: application/apply-patch+yaml' --request PATCH --data-binary "@$WORK/secret.json" \\
  --output /dev/null "$API_SERVER/api/v1/namespaces/$NAMESPACE/secrets/$RECOVERY_SECRET?fieldManager=estate&force=true"
rm -f "$WORK/secret.json"
echo "recovery keys kept in Secret $RECOVERY_SECRET"
`;

/**
 * Gives the platform its login and takes the root token away. POLICY_NAME and POLICIES, a folder with the file of that policy;
 * AUDIT_FILE; PUBLIC_ADDR, under which the providers reach Vault: it must answer before anybody is told of it.
 */
export const configure = `${shared}
active() { vault auth list >/dev/null 2>&1; }
reachable() { VAULT_ADDR="$PUBLIC_ADDR" is sealed false; }
if [ -s "$WORK/root-token" ]; then
  await is sealed false || fail "Vault stays sealed: look at its log for why the seal does not open it"
  VAULT_TOKEN="$(cat "$WORK/root-token")"
  export VAULT_TOKEN
  await active || fail "Vault has no active server"
  vault audit list -format=json | grep -q '"file/"' || vault audit enable file "file_path=$AUDIT_FILE"
  vault policy write "$POLICY_NAME" "$POLICIES/$POLICY_NAME.hcl"
  vault auth list -format=json | grep -q "\\"$LOGIN_MOUNT/\\"" || vault auth enable "-path=$LOGIN_MOUNT" userpass
  vault write "auth/$LOGIN_MOUNT/users/$LOGIN_USER" "password=@$CREDENTIALS/password" \\
    "token_policies=$POLICY_NAME" token_no_default_policy=true token_ttl=2h token_max_ttl=2h
  token="$(login)" || fail "the platform cannot log in"
  VAULT_TOKEN="$token" vault token lookup >/dev/null || fail "the platform's token does not work"
  VAULT_TOKEN="$token" vault token revoke -self >/dev/null
  vault token revoke -self
  rm -f "$WORK/root-token" "$WORK/init.json"
  echo "configured; the root token is revoked"
fi
await reachable || fail "Vault does not answer at $PUBLIC_ADDR: is the name in DNS, and does the gateway have an address?"
`;
