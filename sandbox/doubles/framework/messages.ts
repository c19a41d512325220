import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { decode, encode } from "./codec";
import type {
  Autonaming,
  CheckFailure,
  CheckRequest,
  CheckResult,
  DiffKind,
  DiffRequest,
  DiffResult,
  Subject,
} from "./plugin";

/** What every request about a resource carries. */
interface AboutResource {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** The subject of a request; older engines send the URN only (`urn:pulumi:stack::project::parent$type::name`). */
export function toSubject(request: AboutResource): Subject {
  const urn = request.getUrn();
  const [, , chain = "", ...name] = urn.split("::");
  return {
    urn,
    type: request.getType() || (chain.split("$").at(-1) ?? ""),
    name: request.getName() || name.join("::"),
  };
}

/** A check, of a resource or of the provider's own configuration. */
export function toCheckRequest(request: pb.CheckRequest): CheckRequest {
  return {
    ...toSubject(request),
    olds: request.hasOlds() ? decode(request.getOlds()) : undefined,
    news: decode(request.getNews()),
    randomSeed: request.getRandomseed_asU8(),
    autonaming: toAutonaming(request.getAutonaming()),
  };
}

function toAutonaming(options: pb.CheckRequest.AutonamingOptions | undefined): Autonaming | undefined {
  if (options === undefined) return undefined;
  const modes = ["propose", "enforce", "disable"] as const;
  return { proposedName: options.getProposedName(), mode: modes[options.getMode()] };
}

/** The answer to a check. */
export function toCheckResponse(result: CheckResult): pb.CheckResponse {
  const response = new pb.CheckResponse();
  response.setInputs(encode(result.inputs));
  response.setFailuresList(toFailures(result.failures));
  return response;
}

/** Failures as messages. */
export function toFailures(failures: readonly CheckFailure[] = []): pb.CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new pb.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

/** A diff, of a resource or of the provider's own configuration. */
export function toDiffRequest(request: pb.DiffRequest): DiffRequest {
  return {
    ...toSubject(request),
    id: request.getId(),
    olds: decode(request.getOlds()),
    oldInputs: decode(request.getOldInputs()),
    news: decode(request.getNews()),
    ignoreChanges: request.getIgnorechangesList(),
  };
}

const kinds: Record<DiffKind, pb.PropertyDiff.Kind> = {
  add: pb.PropertyDiff.Kind.ADD,
  "add-replace": pb.PropertyDiff.Kind.ADD_REPLACE,
  delete: pb.PropertyDiff.Kind.DELETE,
  "delete-replace": pb.PropertyDiff.Kind.DELETE_REPLACE,
  update: pb.PropertyDiff.Kind.UPDATE,
  "update-replace": pb.PropertyDiff.Kind.UPDATE_REPLACE,
};

/** The answer to a diff. */
export function toDiffResponse(result: DiffResult): pb.DiffResponse {
  const { DIFF_UNKNOWN, DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  const response = new pb.DiffResponse();
  response.setChanges(result.changes === undefined ? DIFF_UNKNOWN : result.changes ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList([...(result.replaces ?? [])]);
  response.setDeletebeforereplace(result.deleteBeforeReplace ?? false);
  response.setDiffsList([...(result.diffs ?? [])]);
  response.setStablesList([...(result.stables ?? [])]);
  if (result.detailed !== undefined) {
    response.setHasdetaileddiff(true);
    for (const [path, { kind, inputDiff = false }] of Object.entries(result.detailed)) {
      const entry = new pb.PropertyDiff();
      entry.setKind(kinds[kind]);
      entry.setInputdiff(inputDiff);
      response.getDetaileddiffMap().set(path, entry);
    }
  }
  return response;
}
