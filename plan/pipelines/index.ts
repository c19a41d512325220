import { imageVersionsOf, lackOf } from "../../engines";
import type { EnvironmentFacts, EstateFacts } from "../../model/home";
import { applicationPipeline, promotionPipeline, promotionsOf } from "../../model/pipeline";
import { applicationPipelineFile } from "./application";
import { guide } from "./guide";
import { promotionPipelineFile } from "./promotion";

/** The files of the platform's pipelines project, by path. */
export function pipelineFiles(
  estate: EstateFacts,
  environments: readonly EnvironmentFacts[],
): Readonly<Record<string, string>> {
  const promotions = promotionsOf(environments);
  const { kind } = estate.gitops;
  const updates = lackOf(kind, "image-updates", estate.registry.kind) === undefined ? imageVersionsOf(kind) : undefined;
  return {
    "README.md": guide(estate, promotions, updates),
    [applicationPipeline]: applicationPipelineFile(estate),
    ...(promotions.length === 0 ? {} : { [promotionPipeline]: promotionPipelineFile(estate, promotions) }),
  };
}
