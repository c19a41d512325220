import type { EstateFacts } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { helmAddress, mirroredChart, mirroredImage, type Mirror } from "../../model/mirror";
import { openUnisonCharts, serviceHost, serviceWords, type ServiceChart } from "../../model/services";
import { mergeValues, type Values } from "../../model/values";
import type { ReleasePlan } from "../platform";
import { serviceNamespace } from "./namespace";

/** What OpenUnison is made from. */
export interface OpenUnisonFacts {
  readonly estate: EstateFacts;
  readonly clusters: readonly string[];
  /** The control plane's name. */
  readonly plane: string;
  readonly upstream: { readonly issuer: string; readonly clientId: string; readonly groupsClaim: string };
  readonly adminGroup: string;
  readonly approvers: string;
}

/** One cluster's part: releases in their order, each of which waits for the one before. */
export interface OpenUnisonCluster {
  readonly cluster: string;
  readonly releases: readonly ReleasePlan[];
}

/** OpenUnison on the control plane, and a satellite on each other cluster that trusts it for a minute at a time. */
export interface OpenUnisonPlan {
  readonly namespace: KubernetesObject;
  /** The Secret that all parts read, and the keys in it that Pulumi chooses. */
  readonly secret: { readonly name: string; readonly chosen: readonly string[]; readonly upstream: string };
  readonly plane: OpenUnisonCluster;
  readonly satellites: readonly OpenUnisonCluster[];
  /** On the control plane, one for each satellite: it tells OpenUnison of the cluster. */
  readonly members: readonly ReleasePlan[];
  /** Clients of the control plane's OpenUnison, once its webhook answers. */
  readonly trusts: readonly KubernetesObject[];
}

export const openUnisonNamespace = "openunison";
const secretName = "orchestra-secrets-source";

const images = {
  image: "ghcr.io/openunison/openunison-k8s:1.0.46",
  operator: "ghcr.io/openunison/openunison-kubernetes-operator:1.0.8",
  html: "ghcr.io/openunison/openunison-k8s-html:1.0.1",
  proxy: "ghcr.io/tremolosecurity/kube-oidc-proxy:1.0.11",
  python: "ghcr.io/tremolosecurity/python-slim-nonroot/python3:1.0.0",
} as const;

/** All images are said, with and without a mirror: they are pinned here and not in the charts. */
function imageValues(mirror: Mirror | undefined): Values {
  const at = (name: keyof typeof images): string => mirroredImage(images[name], mirror);
  return {
    image: at("image"),
    operator: { image: at("operator") },
    cert_update_image: at("image"),
    precheck: { image: at("python") },
    openunison: { html: { image: at("html") }, precheck: { image: at("python") } },
    impersonation: { jetstack_oidc_proxy_image: at("proxy") },
  };
}

const release = (
  name: string,
  chart: ServiceChart,
  values: Values,
  mirror: Mirror | undefined,
  jobs = false,
): ReleasePlan => ({
  name,
  namespace: openUnisonNamespace,
  ...helmAddress(mirroredChart(chart, mirror)),
  version: chart.version,
  values,
  wait: { seconds: 900, jobs },
});

/** Hosts of one cluster's OpenUnison: three names that must differ. */
function hosts(cluster: string, domain: string) {
  const host = (word: string): string => serviceHost(word, cluster, domain);
  return { portal: host("k8sou"), dashboard: host("k8sdb"), api: host("k8sapi"), proxy: host("oumgmt-proxy") };
}

function common(cluster: string, { estate }: OpenUnisonFacts): Values {
  const { portal, dashboard, api } = hosts(cluster, estate.domain);
  return mergeValues(imageValues(estate.mirror), {
    network: {
      openunison_host: portal,
      dashboard_host: dashboard,
      api_server_host: api,
      k8s_url: "https://kubernetes.default.svc",
      session_inactivity_timeout_seconds: 900,
      ingress_type: "gatewayapi",
      createIngressCertificate: false,
      gatewayapi: { class: "platform" },
    },
    k8s_cluster_name: cluster,
    enable_impersonation: true,
    impersonation: {
      use_jetstack: true,
      explicit_certificate_trust: true,
      ca_secret_name: "ou-tls-certificate",
      orchestra_release_name: "orchestra",
    },
    dashboard: { enabled: false },
    network_policies: { enabled: false },
    services: { enable_tokenrequest: true, token_request_audience: "api", token_request_expiration_seconds: 600 },
    openunison: {
      replicas: 1,
      imagePullPolicy: "IfNotPresent",
      // The chart would write the time of rendering, and so change at every run.
      auto_timestamp: false,
      // Pulumi makes what people ask for: no database, no mails, no forms.
      enable_provisioning: false,
      non_secret_data: { K8S_DB_SSO: "oidc" },
    },
    // A hook before the release, which would ask for what the release brings.
    enable_pre_check: false,
    // An ordinary Job that ends when the webhook for its own kinds answers.
    enable_wait_for_job: true,
  });
}

/** The four releases that every cluster has, in their order. */
function chain(cluster: string, facts: OpenUnisonFacts, own: Values): OpenUnisonCluster {
  const { mirror } = facts.estate;
  const values = mergeValues(common(cluster, facts), own);
  return {
    cluster,
    releases: [
      release("openunison", openUnisonCharts.operator, { image: mirroredImage(images.operator, mirror) }, mirror),
      release("orchestra", openUnisonCharts.orchestra, values, mirror, true),
      release("orchestra-login-portal", openUnisonCharts.login, values, mirror, true),
      release("kube-oidc-proxy", openUnisonCharts.proxy, values, mirror),
    ],
  };
}

/** A service as a client: with a secret, so nobody else answers for it. */
function trust(name: string, redirects: readonly string[]): KubernetesObject {
  return {
    apiVersion: "openunison.tremolo.io/v1",
    kind: "Trust",
    metadata: { name, namespace: openUnisonNamespace, labels: platformLabels },
    spec: {
      accessTokenSkewMillis: 120_000,
      accessTokenTimeToLive: 1_200_000,
      authChainName: "login-service",
      clientId: name,
      clientSecret: { keyName: `client-${name}`, secretName },
      codeLastMileKeyName: "lastmile-oidc",
      codeTokenSkewMilis: 60_000,
      publicEndpoint: false,
      redirectURI: [...redirects],
      signedUserInfo: false,
      verifyRedirect: true,
    },
  };
}

/** The key under which a satellite's client secret is kept. */
export const satelliteKey = (cluster: string): string => `cluster-${cluster}`;

/** Plans OpenUnison: first the control plane's, then a satellite on each other cluster. */
export function planOpenUnison(facts: OpenUnisonFacts): OpenUnisonPlan {
  const { estate, clusters, plane, upstream } = facts;
  const members = clusters.filter((cluster) => cluster !== plane);
  const planeHosts = hosts(plane, estate.domain);
  const issuer = `https://${planeHosts.portal}/auth/idp`;
  const claims: Json = {
    sub: "sub",
    email: "email",
    given_name: "given_name",
    family_name: "family_name",
    display_name: "name",
  };
  const gitlabUrl = `https://${serviceHost(serviceWords.gitlab, plane, estate.domain)}`;
  const harborUrl = `https://${serviceHost(serviceWords.registry, plane, estate.domain)}`;
  return {
    namespace: serviceNamespace(openUnisonNamespace, "restricted"),
    secret: {
      name: secretName,
      chosen: [
        "unisonKeystorePassword", "K8S_DB_SECRET", "AD_BIND_PASSWORD", "client-gitlab", "client-harbor",
        ...members.map(satelliteKey),
      ], // prettier-ignore
      upstream: "OIDC_CLIENT_SECRET",
    },
    plane: chain(plane, facts, {
      oidc: {
        client_id: upstream.clientId,
        issuer: upstream.issuer,
        user_in_idtoken: false,
        domain: "",
        scopes: "openid email profile groups",
        claims: { ...claims, groups: upstream.groupsClaim },
      },
      openunison: {
        naas: {
          groups: {
            external: {
              enabled: true,
              suffix: "-external",
              admin_group: facts.adminGroup,
              cluster_admin_group: facts.adminGroup,
              approversGroup: facts.approvers,
            },
          },
        },
      },
    }),
    satellites: members.map((cluster) =>
      chain(cluster, facts, {
        oidc: {
          client_id: `cluster-idp-${cluster}`,
          issuer: `${issuer}/cluster-idp-${cluster}`,
          user_in_idtoken: true,
          domain: "",
          scopes: "openid email profile groups",
          claims: { ...claims, groups: "groups" },
        },
        openunison: {
          management_proxy: {
            enabled: true,
            host: hosts(cluster, estate.domain).proxy,
            // A token of a minute, by which the control plane acts here; there is no other credential.
            remote: { issuer: `${issuer}/remotek8s`, cert_alias: "unison-ca" },
          },
        },
      }),
    ),
    members: members.map((cluster) => {
      const { portal, api, dashboard, proxy } = hosts(cluster, estate.domain);
      return release(
        `satellite-${cluster}`,
        openUnisonCharts.cluster,
        {
          cluster: {
            name: cluster,
            label: cluster,
            parent: "B158BD40-0C1B-11E3-8FFD-0800200C9A66",
            sso: { enabled: true, client_secret: satelliteKey(cluster) },
            hosts: { portal, dashboard, api },
            az_groups: [facts.adminGroup],
            management: { enabled: true, target: { url: proxy, tokenType: "oidc", useToken: true } },
          },
        },
        estate.mirror,
      );
    }),
    trusts: [
      trust("gitlab", [`${gitlabUrl}/users/auth/openid_connect/callback`]),
      trust("harbor", [`${harborUrl}/c/oidc/callback`]),
    ],
  };
}
