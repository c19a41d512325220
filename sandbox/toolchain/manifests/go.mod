// What the sandbox reads but never compiles: CRDs and chart values, out of the components' own module archives.
// Each is fetched by `go mod download <module>@<version>`, which checks it against go.sum. Never `go mod tidy` this.
module estate/toolchain/manifests

go 1.26

require (
	github.com/argoproj-labs/argocd-image-updater v1.3.0
	github.com/argoproj/argo-cd/v3 v3.6.1
	github.com/cert-manager/cert-manager v1.21.2
	github.com/cert-manager/trust-manager v0.25.0
	github.com/cloudnative-pg/cloudnative-pg v1.30.0
	github.com/controlplaneio-fluxcd/flux-operator v0.58.1
	github.com/envoyproxy/gateway v1.9.1
	github.com/external-secrets/external-secrets v0.20.4
	github.com/fluxcd/helm-controller v1.6.3
	github.com/fluxcd/image-automation-controller v1.2.4
	github.com/fluxcd/image-reflector-controller v1.2.3
	github.com/fluxcd/kustomize-controller v1.9.4
	github.com/fluxcd/notification-controller v1.9.3
	github.com/fluxcd/source-controller v1.9.3
	github.com/kyverno/kyverno v1.19.1
	github.com/loft-sh/vcluster v0.36.0
	github.com/open-policy-agent/gatekeeper/v3 v3.23.1
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/karpenter v1.13.0
	sigs.k8s.io/metrics-server v0.9.0
)
