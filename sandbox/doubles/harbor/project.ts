import { flag, list, numberOr, submap, text, textOr, texts } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource, type Inputs } from "../framework/bridge/schema";
import { isMap, type JsonMap } from "../framework/value";
import { HarborError, isNotFound, type HarborApi } from "./api";
import type { Session } from "./config";
import { numberOf } from "./place";

const GIB = 1024 ** 3;

const inputs: Inputs = {
  name: { type: "string", forceNew: true },
  registryId: { type: "integer", computed: true, forceNew: true },
  public: { type: "boolean", default: false },
  vulnerabilityScanning: { type: "boolean", default: true },
  storageQuota: { type: "integer", default: -1 },
  cveAllowlists: { type: { list: "string" } },
  enableContentTrust: { type: "boolean", default: false },
  enableContentTrustCosign: { type: "boolean", default: false },
  autoSbomGeneration: { type: "boolean", default: false },
  deploymentSecurity: { type: "string", oneOf: ["none", "low", "medium", "high", "critical"] },
  forceDestroy: { type: "boolean", default: false },
};

/** A project: a name that repositories of images begin with, and the rights to them. */
export const project: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: { projectId: { type: "integer" } },

  async create(wanted, { api }) {
    const { id } = await api.post("/projects", body(wanted));
    if (texts(wanted, "cveAllowlists").length > 0) {
      await api.put(id, body(wanted)).catch((error: unknown) => {
        throw new Unfinished(id, error);
      });
    }
    return { id };
  },

  async read(id, prior, { api }) {
    const found = await api.find(id);
    if (found === undefined) return undefined;
    const told = submap(found, "metadata");
    const yes = (key: string): boolean => told[key] === "true";
    const security = yes("prevent_vul") ? textOr(told, "severity", "") : "";
    return {
      name: text(found, "name"),
      projectId: numberOr(found, "project_id", numberOf(id)),
      registryId: numberOr(found, "registry_id", 0),
      public: yes("public"),
      vulnerabilityScanning: yes("auto_scan"),
      ...optional("enableContentTrust", yes("enable_content_trust"), prior),
      ...optional("enableContentTrustCosign", yes("enable_content_trust_cosign"), prior),
      ...optional("autoSbomGeneration", yes("auto_sbom_generation"), prior),
      ...(security !== "" || prior["deploymentSecurity"] !== undefined
        ? { deploymentSecurity: security === "" && prior["deploymentSecurity"] === "none" ? "none" : security || null }
        : {}),
      ...allowlist(found, prior),
      // The quota is never read back.
    };
  },

  async update(id, olds, news, { api }) {
    await api.put(id, body(news));
    if (numberOr(olds, "storageQuota", -1) !== numberOr(news, "storageQuota", -1)) await writeQuota(api, id, news);
    return undefined;
  },

  async delete(id, state, { api }) {
    const name = text(state, "name");
    const repositories: string[] = [];
    try {
      await api.pages(`/projects/${name}/repositories`, (item) => {
        repositories.push(textOr(item, "name", ""));
        return false;
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (repositories.length > 0 && !flag(state, "forceDestroy")) {
      throw new Error(`project ${name} is not empty, please set forceDestroy to true to delete all its repositories`);
    }
    for (const repository of repositories) {
      const bare = repository.slice(name.length + 1);
      // Harbor's front decodes once, and Harbor itself a second time.
      await api.delete(`/projects/${name}/repositories/${bare.replaceAll("/", "%252F")}`);
    }
    await api.remove(id);
  },
};

/** Metadata are texts, also where they are truth values. */
function body(wanted: JsonMap): JsonMap {
  const security = textOr(wanted, "deploymentSecurity", "");
  const quota = numberOr(wanted, "storageQuota", -1);
  const registry = numberOr(wanted, "registryId", 0);
  const allowed = texts(wanted, "cveAllowlists");
  return {
    project_name: text(wanted, "name"),
    ...(registry !== 0 && { registry_id: registry }),
    storage_limit: quota > 0 ? quota * GIB : quota,
    ...(allowed.length > 0 && { cve_allowlist: { items: allowed.map((cve) => ({ cve_id: cve })) } }),
    metadata: {
      public: String(flag(wanted, "public")),
      auto_scan: String(flag(wanted, "vulnerabilityScanning")),
      enable_content_trust: String(flag(wanted, "enableContentTrust")),
      enable_content_trust_cosign: String(flag(wanted, "enableContentTrustCosign")),
      auto_sbom_generation: String(flag(wanted, "autoSbomGeneration")),
      reuse_sys_cve_allowlist: String(allowed.length === 0),
      prevent_vul: String(security !== ""),
      ...(security !== "" && { severity: security }),
    },
  };
}

/** Quotas have a place of their own, and what goes wrong there is not told. */
async function writeQuota(api: HarborApi, id: string, news: JsonMap): Promise<void> {
  const settings = await api.get("/configurations");
  if (submap(settings, "quota_per_project_enable")["value"] !== true) return;
  try {
    const storage = numberOr(news, "storageQuota", -1);
    let quota: number | undefined;
    await api.pages("/quotas", (item) => {
      if (submap(item, "ref")["id"] === numberOf(id)) quota = numberOr(item, "id", 0);
      return quota !== undefined;
    });
    if (quota === undefined) return;
    await api.put(`/quotas/${quota}`, { hard: { storage: storage > 0 ? storage * GIB : storage } });
  } catch (error) {
    if (!(error instanceof HarborError)) throw error;
  }
}

function allowlist(found: JsonMap, prior: JsonMap): JsonMap {
  const items = list(submap(found, "cve_allowlist"), "items").flatMap((item) =>
    isMap(item) && typeof item["cve_id"] === "string" ? [item["cve_id"]] : [],
  );
  return items.length === 0 && prior["cveAllowlists"] === undefined ? {} : { cveAllowlists: items };
}

/** A truth value that older servers do not know. */
function optional(name: string, value: boolean, prior: JsonMap): JsonMap {
  return value || prior[name] !== undefined ? { [name]: value } : {};
}
