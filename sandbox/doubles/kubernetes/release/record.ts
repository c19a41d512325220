import { gunzipSync, gzipSync } from "node:zlib";
import type { Manifest } from "@estate/clients";
import { isMap, type Json, type JsonMap } from "../../framework/value";
import { numberAt, textAt } from "../fields";

/** One revision of a release, as Helm keeps it. */
export interface Revision {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: "deployed" | "superseded";
  readonly chart: string;
  readonly version: string;
  readonly values: JsonMap;
  readonly manifest: string;
  readonly description: string;
  readonly firstDeployed: string;
  readonly lastDeployed: string;
}

/** `sh.helm.release.v1.<name>.v<n>`: where Helm's default driver keeps a revision. */
export function recordName(name: string, revision: number): string {
  return `sh.helm.release.v1.${name}.v${revision}`;
}

/** The Secret of a revision, readable by `helm` itself. */
export function toRecord(revision: Revision): Manifest {
  const body = {
    name: revision.name,
    info: {
      first_deployed: revision.firstDeployed,
      last_deployed: revision.lastDeployed,
      deleted: "",
      description: revision.description,
      status: revision.status,
    },
    chart: {
      metadata: { name: revision.chart, version: revision.version, appVersion: revision.version, apiVersion: "v2" },
      lock: null,
      templates: [],
      values: {},
      schema: null,
      files: null,
    },
    config: revision.values,
    manifest: revision.manifest,
    version: revision.revision,
    namespace: revision.namespace,
  };
  // Helm's own text is base64 of gzip; a Secret's data is base64 of that text.
  const text = gzipSync(JSON.stringify(body)).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: recordName(revision.name, revision.revision),
      namespace: revision.namespace,
      labels: { name: revision.name, owner: "helm", status: revision.status, version: String(revision.revision) },
    },
    data: { release: Buffer.from(text).toString("base64") },
  };
}

/** Reads such a Secret; `undefined` if it is none. */
export function fromRecord(secret: JsonMap): Revision | undefined {
  const data = textAt(secret, "data", "release");
  if (data === undefined) return undefined;
  const text = Buffer.from(Buffer.from(data, "base64").toString("utf8"), "base64");
  const body = JSON.parse(gunzipSync(text).toString("utf8")) as Json;
  if (!isMap(body)) return undefined;
  const config = body["config"];
  return {
    name: textAt(body, "name") ?? "",
    namespace: textAt(body, "namespace") ?? "",
    revision: numberAt(body, "version") ?? 1,
    status: textAt(body, "info", "status") === "superseded" ? "superseded" : "deployed",
    chart: textAt(body, "chart", "metadata", "name") ?? "",
    version: textAt(body, "chart", "metadata", "version") ?? "",
    values: isMap(config) ? config : {},
    manifest: textAt(body, "manifest") ?? "",
    description: textAt(body, "info", "description") ?? "",
    firstDeployed: textAt(body, "info", "first_deployed") ?? "",
    lastDeployed: textAt(body, "info", "last_deployed") ?? "",
  };
}
