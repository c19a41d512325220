import type * as pulumi from "@pulumi/pulumi";
import { policyText } from "../../model/aws/policy";
import { webIdentityAudience } from "../../model/aws/trust";
import type { EcrFacts } from "../../model/home";
import { registryHost } from "../../model/names";
import { planImages, type RepositoryPlan, type TenantImagesPlan } from "../../plan/aws/images";
import { makeRole } from "../aws/role";
import { aws } from "../aws/sdk";
import type { Registry } from "./contract";

/** Which estate's, and where. */
export interface EcrArgs {
  readonly estate: { readonly name: string; readonly protect: boolean };
  readonly facts: EcrFacts;
  readonly provider: pulumi.ProviderResource;
  /** What must be there before a role trusts pipelines; nothing where another run made it. */
  readonly trusted: readonly pulumi.Resource[];
}

/** Lets AWS take the identity tokens of GitLab's pipelines: once for the estate. Its certificate is a public one: no thumbprint. */
export function trustPipelines(
  { issuer, issuerKnown }: EcrFacts,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  if (issuerKnown) return [];
  return [
    new aws.iam.OpenIdConnectProvider(
      "registry-pipelines",
      { url: issuer, clientIdLists: [webIdentityAudience] },
      { ...opts, deleteBeforeReplace: true },
    ),
  ];
}

/** ECR: a repository for each image of a tenant, and one role by which its pipelines push. No password is made or kept. */
export function ecr({ estate, facts, provider, trusted }: EcrArgs): Registry {
  return {
    kind: "ecr",
    project: (request, parent) => {
      const child = { parent, provider };
      const name = `registry/${request.tenant}`;
      const plan = planImages(estate.name, facts, request);
      for (const repository of plan.repositories)
        makeRepository(`${name}/${repository.image}`, repository, plan, { estate, facts }, child);
      if (plan.push !== undefined) makeRole(`${name}-push`, plan.push, { ...child, dependsOn: [...trusted] });
      return { host: registryHost(facts.url), pull: new Map() };
    },
  };
}

function makeRepository(
  name: string,
  repository: RepositoryPlan,
  { lifecycle, pull }: TenantImagesPlan,
  { estate, facts }: Pick<EcrArgs, "estate" | "facts">,
  child: pulumi.CustomResourceOptions,
): void {
  const made = new aws.ecr.Repository(
    name,
    {
      name: repository.name,
      // What ran once must not become something else.
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [
        facts.key === undefined ? { encryptionType: "AES256" } : { encryptionType: "KMS", kmsKey: facts.key },
      ],
      // A repository that holds images is not deleted with its application's line by mistake.
      forceDelete: !estate.protect,
    },
    // Its name is fixed, so a new one cannot stand beside the old.
    { ...child, protect: estate.protect, deleteBeforeReplace: true },
  );
  const of = { repository: made.name };
  new aws.ecr.LifecyclePolicy(`${name}-lifecycle`, { ...of, policy: JSON.stringify(lifecycle) }, child);
  if (pull !== undefined) new aws.ecr.RepositoryPolicy(`${name}-pull`, { ...of, policy: policyText(pull) }, child);
}
