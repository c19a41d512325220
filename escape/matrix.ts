import { type VaultClient } from "@estate/clients";
import { authMountName, namespaceName, pipelineMountName, registryProject } from "../model/names";
import { secretReader, vaultAudience } from "../model/platform";
import { Credentials } from "../scripts/live/credentials";
import { GitLabSide } from "../scripts/live/gitlab";
import type { LiveEstate } from "../scripts/live/home";
import { identitiesOf, stranger } from "./identities";
import { inParallel } from "./parallel";
import { rightsOf, servedKinds } from "./rights";
import { matrixTenants } from "./tenants";

/** What one tenant's own is asked of another's place; the same of its own place is the twin. */
export interface Cell {
  /** `Vault: read`. */
  readonly plane: string;
  readonly of: string;
  readonly at: string;
  /** What was wrong: a door that is open to another, or closed to its owner. */
  readonly fault?: string;
}

const estate = "acme";
const environments = ["dev", "prod"] as const;
const names = matrixTenants.map(({ name }) => name);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Whether the answer is what it must be: success at home, and elsewhere one of these refusals with this reason. */
function cell(
  plane: string,
  of: string,
  at: string,
  { status, text }: Answer,
  statuses: readonly number[],
  reason: RegExp,
): Cell {
  const ok = of === at ? status < 300 : statuses.includes(status) && reason.test(text);
  const awaited = of === at ? "success" : `${statuses.join(" or ")} and ${String(reason)}`;
  return {
    plane,
    of,
    at,
    ...(ok ? {} : { fault: `awaited ${awaited}, and saw: ${String(status)} ${text.slice(0, 300)}` }),
  };
}

/** All pairs, each tenant with itself, too. */
const pairs = names.flatMap((of) => names.map((at) => ({ of, at })));

/** What everybody of one tenant may do in another's namespaces, by the API servers' own word: what a stranger may. */
async function ofClusters(live: LiveEstate): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const environment of environments) {
    const client = live.cluster(environment);
    const served = await servedKinds(client);
    const everybodys = await rightsOf(client, stranger, "default", served);
    const asks = pairs.flatMap(({ of, at }) =>
      identitiesOf(
        of,
        namespaceName(of, environment),
        matrixTenants.find(({ name }) => name === of)?.isolation ?? "namespace",
      ).map((person) => ({ of, at, person })),
    );
    cells.push(
      ...(await inParallel(asks, async ({ of, at, person }) => {
        const rights = await rightsOf(client, person, namespaceName(at, environment), served);
        const more = [...rights].filter((right) => !everybodys.has(right));
        // An account without rights has none at home, either: it is there to be an identity elsewhere.
        const none = ["default", secretReader].includes(person.name);
        const ok = of === at && !none ? more.length > 0 : more.length === 0;
        const plane = `Kubernetes ${environment}: ${person.name}`;
        return { plane, of, at, ...(ok ? {} : { fault: `may ${more.slice(0, 5).join(", ") || "nothing"}` }) };
      })),
    );
  }
  return cells;
}

const told = ({ status, body }: { readonly status: number; readonly body: unknown }): Answer => ({
  status,
  text: JSON.stringify(body ?? ""),
});

/** A login to Vault, and what it opens of everybody's folders. */
async function ofVault(live: LiveEstate): Promise<Cell[]> {
  const { vault } = live;
  const cells: Cell[] = [];
  const login = (mount: string, role: string, jwt: string) =>
    vault.withToken(undefined).request("POST", `auth/${mount}/login`, { role, jwt });
  const opens = async (
    plane: string,
    of: string,
    client: VaultClient,
    folder: (at: string) => string,
    key: string,
  ): Promise<void> => {
    for (const at of names) {
      const read = await client.request("GET", `${estate}/data/${folder(at)}/${key}`);
      cells.push(cell(`${plane}: read`, of, at, told(read), [403], /permission denied/));
      const list = await client.request("LIST", `${estate}/metadata/${folder(at)}/`);
      cells.push(cell(`${plane}: list`, of, at, told(list), [403], /permission denied/));
    }
    client.close();
  };
  for (const of of names) {
    for (const environment of environments) {
      const namespace = namespaceName(of, environment);
      const mount = authMountName(estate, environment);
      const jwt = await live.cluster(environment).tokenRequest(namespace, secretReader, [vaultAudience], 600);
      for (const at of names) {
        const answer = await login(mount, namespaceName(at, environment), jwt);
        cells.push(
          cell(`Vault ${environment}: login`, of, at, told(answer), [400], /invalid subject|sub claim|does not match/),
        );
      }
      const client = await new Credentials(vault, live.sandbox.harbor.url).login(mount, namespace, jwt);
      await opens(`Vault ${environment}`, of, client, (at) => `${at}/${environment}`, "delivery");
    }
    const { idToken } = await live.gitlab.job(`${live.parent}/${of}/web`);
    for (const at of names) {
      const answer = await login(pipelineMountName(estate), at, idToken);
      cells.push(cell("Vault pipelines: login", of, at, told(answer), [400], /project_path/));
    }
    const client = await new Credentials(vault, live.sandbox.harbor.url).login(pipelineMountName(estate), of, idToken);
    await opens("Vault pipelines", of, client, (at) => `${at}/ci`, "credentials");
  }
  return cells;
}

/** What Git answers to a login that wants to read a repository. */
async function fetches(
  live: LiveEstate,
  project: string,
  { username, password }: { username: string; password: string },
): Promise<Answer> {
  const answer = await fetch(`${live.sandbox.gitlab.url}/${project}.git/info/refs?service=git-upload-pack`, {
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
  });
  return { status: answer.status, text: await answer.text() };
}

const hidden = /not found|could not be found|Access denied|not allowed/i;

/** Deploy tokens, people and pipelines' job tokens at everybody's repositories. */
async function ofGit(live: LiveEstate): Promise<Cell[]> {
  const credentials = new Credentials(live.vault, live.sandbox.harbor.url);
  const cells: Cell[] = [];
  for (const of of names) {
    const person = await live.person(of, "developers");
    for (const at of names) {
      for (const environment of environments) {
        const answer = await fetches(
          live,
          `${live.parent}/${at}/ops-${environment}`,
          await credentials.git(of, environment),
        );
        cells.push(cell(`Git: deploy token of ${environment}`, of, at, answer, [401, 403, 404], hidden));
      }
      cells.push(
        cell(
          "Git: a developer",
          of,
          at,
          await fetches(live, `${live.parent}/${at}/web`, person),
          [401, 403, 404],
          hidden,
        ),
      );
      const asked = await live.gitlab.ask(
        "GET",
        GitLabSide.project(`${live.parent}/${at}/web`),
        undefined,
        person.password,
      );
      cells.push(
        cell(
          "GitLab API: a developer",
          of,
          at,
          { status: asked.status, text: JSON.stringify(asked.told) },
          [404],
          hidden,
        ),
      );
    }
  }
  return cells;
}

/** Robots at everybody's images. */
async function ofRegistry(live: LiveEstate): Promise<Cell[]> {
  const credentials = new Credentials(live.vault, live.sandbox.harbor.url);
  const image = (tenant: string): string => `${registryProject(estate, tenant)}/web`;
  const layer = Buffer.from("a layer");
  for (const name of names) {
    const { status, text } = await (await credentials.pushing(name)).pushImage(image(name), "1.0.0", layer);
    if (status !== 201) throw new Error(`cannot push an image of ${name}: ${String(status)} ${text}`);
  }
  const cells: Cell[] = [];
  for (const of of names) {
    const pushing = await credentials.pushing(of);
    const pulling = await Promise.all(environments.map((environment) => credentials.pulling(of, environment)));
    for (const at of names) {
      cells.push(
        cell(
          "registry: pull by the pipelines",
          of,
          at,
          await pushing.pullManifest(image(at), "1.0.0"),
          [401, 403],
          /UNAUTHORIZED|DENIED/,
        ),
      );
      cells.push(
        cell(
          "registry: push by the pipelines",
          of,
          at,
          await pushing.pushImage(image(at), "1.0.1", layer),
          [401, 403],
          /UNAUTHORIZED|DENIED/,
        ),
      );
      for (const [index, robot] of pulling.entries())
        cells.push(
          cell(
            `registry: pull in ${environments[index] ?? ""}`,
            of,
            at,
            await robot.pullManifest(image(at), "1.0.0"),
            [401, 403],
            /UNAUTHORIZED|DENIED/,
          ),
        );
    }
  }
  return cells;
}

/** Every tenant at every tenant's place, in every plane. */
export async function matrix(live: LiveEstate): Promise<Cell[]> {
  return [...(await ofClusters(live)), ...(await ofVault(live)), ...(await ofGit(live)), ...(await ofRegistry(live))];
}
