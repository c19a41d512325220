import { lackOf } from "../../engines";
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
  return {
    "README.md": guide(promotions, lackOf(estate.gitops.kind, "image-updates") === undefined),
    [applicationPipeline]: applicationPipelineFile(estate),
    ...(promotions.length === 0 ? {} : { [promotionPipeline]: promotionPipelineFile(estate, promotions) }),
  };
}
