import { z } from "zod";
import { complaint, matching } from "./forms";

const host = "[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]+)?";
const folders = "(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*";

/** Schema of `estate:mirror`. */
export const mirrorSchema = z
  .strictObject({
    charts: matching(
      new RegExp(`^oci://${host}${folders}$`),
      "not a folder of an OCI registry",
      complaint("T019", "write for example oci://mirror.example.com/charts"),
    ).describe("Where all charts are, each by its own name: oci://mirror.example.com/charts"),
    images: matching(
      // A dot or a port: runtimes would take anything else for a folder of Docker Hub.
      new RegExp(`^(?=[^/]*[.:])${host}${folders}$`),
      "not the beginning of an image's name",
      complaint("T019", "write the registry's host without a scheme, and folders if it has any: mirror.example.com"),
    ).describe("Where all images are, each by its own path: mirror.example.com"),
  })
  .optional()
  .describe("Charts and images come from here and from nowhere else");
