import type * as pulumi from "@pulumi/pulumi";
import type { AwsAccountPlan } from "../../plan/connection";
import type { Verified } from "../cluster/identity";
import { aws } from "./sdk";

/**
 * The provider of everything on AWS, once for the estate. Credentials come from its own environment variables, and those of
 * another account are refused before anything is made; nothing that checks them is ever skipped.
 */
export function awsProvider(
  { region, account, tags, foreignTagPrefixes }: AwsAccountPlan,
  verified: Verified,
): pulumi.ProviderResource {
  return new aws.provider.Provider(
    "aws-provider",
    {
      region: verified.apply(() => region),
      allowedAccountIds: [account],
      defaultTags: { tags },
      ignoreTags: { keyPrefixes: [...foreignTagPrefixes] },
    },
    // No child of anything: see makeProviders.
  );
}
