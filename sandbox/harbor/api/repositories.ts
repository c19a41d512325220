import { artifactOf, isImmutable, repositoryOf, shortName } from "../artifacts";
import { mayInProject } from "../identity";
import { notFound, precondition } from "../refusal";
import { ok, paged, route, type Call, type Route } from "../route";
import type { Artifact, Project, Repository } from "../state";
import { projectOf } from "./projects";

const path = "/projects/:project/repositories";

export const repositoryRoutes: readonly Route[] = [
  route("GET", "/repositories", (call) => {
    const { state } = call.harbor;
    const seen = state.projects.filter((each) => mayInProject(state, call.who, each, "repository", "list"));
    const ids = new Set(seen.map(({ id }) => id));
    return paged(call, state.repositories.filter(({ projectId }) => ids.has(projectId)).map(repositoryView));
  }),
  route("GET", path, (call) => {
    const project = projectOf(call, "repository", "list");
    const own = call.harbor.state.repositories.filter(({ projectId }) => projectId === project.id);
    return paged(call, own.map(repositoryView));
  }),
  route("GET", `${path}/:repository`, (call) => ok(repositoryView(find(call, projectOf(call, "repository", "read"))))),
  route("DELETE", `${path}/:repository`, async (call) => {
    const project = projectOf(call, "repository", "delete");
    const repository = find(call, project);
    for (const artifact of repository.artifacts) refuseImmutable(call, project, repository, artifact.tags);
    for (const artifact of [...repository.artifacts]) await removeArtifact(call, repository, artifact);
    return ok();
  }),
  route("GET", `${path}/:repository/artifacts`, (call) => {
    const project = projectOf(call, "artifact", "list");
    const repository = find(call, project);
    return paged(
      call,
      repository.artifacts.map((artifact) => artifactView(call, project, repository, artifact)),
    );
  }),
  route("GET", `${path}/:repository/artifacts/:reference`, (call) => {
    const project = projectOf(call, "artifact", "read");
    const repository = find(call, project);
    return ok(artifactView(call, project, repository, findArtifact(call, repository)));
  }),
  route("DELETE", `${path}/:repository/artifacts/:reference`, async (call) => {
    const project = projectOf(call, "artifact", "delete");
    const repository = find(call, project);
    const artifact = findArtifact(call, repository);
    refuseImmutable(call, project, repository, artifact.tags);
    await removeArtifact(call, repository, artifact);
    return ok();
  }),
  route("DELETE", `${path}/:repository/artifacts/:reference/tags/:tag`, async (call) => {
    const project = projectOf(call, "tag", "delete");
    const repository = find(call, project);
    const artifact = findArtifact(call, repository);
    const tag = call.param("tag");
    if (!artifact.tags.includes(tag)) throw notFound(`tag ${tag} not found`);
    refuseImmutable(call, project, repository, [tag]);
    await call.harbor.backend.deleteTag(repository.name, tag);
    artifact.tags = artifact.tags.filter((each) => each !== tag);
    return ok();
  }),
];

/** A name's slashes arrive encoded twice, since many servers decode a path before they split it. */
function find(call: Call, project: Project): Repository {
  const name = call.param("repository").replaceAll(/%2f/gi, "/");
  const repository = repositoryOf(call.harbor.state, `${project.name}/${name}`);
  if (repository === undefined) throw notFound(`repository ${project.name}/${name} not found`);
  return repository;
}

function findArtifact(call: Call, repository: Repository): Artifact {
  const reference = call.param("reference");
  const artifact = artifactOf(repository, reference);
  if (artifact === undefined) throw notFound(`artifact ${repository.name}:${reference} not found`);
  return artifact;
}

function refuseImmutable(call: Call, project: Project, repository: Repository, tags: readonly string[]): void {
  const held = tags.find((tag) => isImmutable(call.harbor.state, project, repository.name, tag));
  if (held !== undefined) throw precondition(`the immutable tag: ${held} cannot be deleted`);
}

/** From the registry first: what is still on record can be deleted again. A repository goes with its last artifact. */
async function removeArtifact(call: Call, repository: Repository, artifact: Artifact): Promise<void> {
  const { backend, state, store } = call.harbor;
  await backend.deleteManifest(repository.name, artifact.digest);
  repository.artifacts = repository.artifacts.filter(({ digest }) => digest !== artifact.digest);
  if (repository.artifacts.length === 0) {
    state.repositories = state.repositories.filter(({ id }) => id !== repository.id);
  }
  store.save();
}

const repositoryView = (repository: Repository): Record<string, unknown> => ({
  id: repository.id,
  name: repository.name,
  project_id: repository.projectId,
  artifact_count: repository.artifacts.length,
  pull_count: 0,
  creation_time: repository.created,
  update_time: repository.updated,
});

function artifactView(
  call: Call,
  project: Project,
  repository: Repository,
  artifact: Artifact,
): Record<string, unknown> {
  return {
    digest: artifact.digest,
    manifest_media_type: artifact.mediaType,
    project_id: project.id,
    repository_id: repository.id,
    repository_name: shortName(repository.name),
    push_time: artifact.pushed,
    size: Object.values(artifact.blobs).reduce((sum, size) => sum + size, 0),
    tags: artifact.tags.map((name) => ({
      name,
      immutable: isImmutable(call.harbor.state, project, repository.name, name),
      push_time: artifact.pushed,
    })),
  };
}
