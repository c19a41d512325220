import type { KubernetesObject } from "../../model/kubernetes";
import { jobImages } from "../../model/services";
import { gitlabNamespace, gitlabPostgresHost, gitlabSecrets } from "./gitlab-names";
import { authoritySecret, type DataService, type ServicePlace } from "./place";
import { job, ownToken } from "./job";

/** What GitLab wants of its database and cannot make itself. */
const extensions = ["amcheck", "btree_gist", "pg_trgm"] as const;

/** Makes what is not there. PG* are psql's own variables. */
export const makeExtensions = `for extension in ${extensions.join(" ")}; do
  found="$(psql --no-psqlrc --tuples-only --no-align --set ON_ERROR_STOP=1 --command "SELECT 1 FROM pg_extension WHERE extname = '$extension'")"
  if [ "$found" = 1 ]; then echo "$extension is there"; continue; fi
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --command "CREATE EXTENSION $extension"
  echo "$extension is made"
done
`;

/**
 * Registers the token that Pulumi chose as one of the administrator's, by GitLab's own console; that is the way that lasts
 * over versions. TOKEN_NAME, TOKEN_VALUE, EXPIRES, NAMESPACE. It goes by standard input: anybody on the node reads arguments.
 */
export const registerToken = `{
  printf "value = '%s'\\nname = '%s'\\nexpires = '%s'\\n" "$TOKEN_VALUE" "$TOKEN_NAME" "$EXPIRES"
  cat <<'RUBY'
known = PersonalAccessToken.find_by_token(value)
if known&.active?
  puts 'the token is there'
else
  user = User.find_by_username('root') || abort('there is no user root yet')
  user.personal_access_tokens.active.where(name: name).find_each(&:revoke!)
  token = user.personal_access_tokens.create(scopes: %w[api admin_mode create_runner], name: name, expires_at: expires)
  token.set_token(value)
  token.save!
  puts 'the token is registered'
end
RUBY
} | kubectl exec --stdin --namespace "$NAMESPACE" deployment/gitlab-toolbox --container toolbox -- gitlab-rails runner -
`;

/**
 * Waits until GitLab takes the token where the providers reach it. PUBLIC_ADDR, TOKEN_VALUE, WAIT_SECONDS; CA_FILE where its
 * certificate is signed by an authority of one's own.
 */
export const awaitToken = `waited=0
until printf 'PRIVATE-TOKEN: %s' "$TOKEN_VALUE" | curl --fail --silent --show-error --max-time 20 \${CA_FILE:+--cacert "$CA_FILE"} --header @- --output /dev/null "$PUBLIC_ADDR/api/v4/version"; do
  [ "$waited" -lt "$WAIT_SECONDS" ] || { echo "GitLab does not take the token at $PUBLIC_ADDR: is the name in DNS, and does the gateway have an address?" >&2; exit 1; }
  sleep 5
  waited=$((waited + 5))
done
echo "GitLab takes the token at $PUBLIC_ADDR"
`;

/** The name of the token in GitLab. */
export const tokenName = "estate";

/** Before the release: its migrations need the extensions. */
export function extensionsJob(
  postgres: DataService & { readonly username: string; readonly database: string },
  { mirror }: ServicePlace,
): KubernetesObject {
  return job({
    purpose: "gitlab-extensions",
    namespace: gitlabNamespace,
    user: 70,
    seconds: 900,
    mirror,
    steps: [
      {
        name: "extensions",
        image: jobImages.postgres,
        script: makeExtensions,
        env: {
          ...(postgres.host === undefined ? {} : { PGHOST: postgres.host }),
          PGPORT: String(postgres.port),
          PGDATABASE: postgres.database,
          PGUSER: postgres.username,
          PGSSLMODE: postgres.tls ? "require" : "prefer",
          PGCONNECT_TIMEOUT: "10",
        },
        secretEnv: {
          PGPASSWORD: { secret: gitlabSecrets.postgres.name, key: gitlabSecrets.postgres.key },
          // No plan knows the host that AWS chooses, and a Job's name is made of all that it is.
          ...(postgres.host === undefined
            ? { PGHOST: { secret: gitlabSecrets.postgres.name, key: gitlabPostgresHost } }
            : {}),
        },
        mounts: { tmp: "/tmp" },
      },
    ],
  });
}

/** After the release: another day makes another token, and so another Job. */
export function tokenJob({ host, expires, ownAuthority, mirror }: ServicePlace): KubernetesObject {
  const token = { TOKEN_VALUE: { secret: gitlabSecrets.token.name, key: gitlabSecrets.token.key } };
  return job({
    purpose: "gitlab-token",
    namespace: gitlabNamespace,
    serviceAccount: "gitlab-token",
    user: 1000,
    seconds: 1800,
    again: expires,
    mirror,
    steps: [
      {
        name: "register",
        image: jobImages.kubectl,
        script: registerToken,
        env: { TOKEN_NAME: tokenName, EXPIRES: expires, NAMESPACE: gitlabNamespace },
        secretEnv: token,
        // Where kubectl looks for them by itself.
        mounts: { tmp: "/tmp", token: "/var/run/secrets/kubernetes.io/serviceaccount" },
      },
      {
        name: "await",
        image: jobImages.curl,
        script: awaitToken,
        env: {
          PUBLIC_ADDR: `https://${host}`,
          WAIT_SECONDS: "1200",
          ...(ownAuthority ? { CA_FILE: "/authority/ca.crt" } : {}),
        },
        secretEnv: token,
        mounts: { tmp: "/tmp", ...(ownAuthority ? { authority: "/authority" } : {}) },
      },
    ],
    volumes: {
      token: ownToken,
      ...(ownAuthority ? { authority: { secret: { secretName: authoritySecret } } } : {}),
    },
  });
}
