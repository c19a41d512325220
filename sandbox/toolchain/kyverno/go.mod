module estate/toolchain/kyverno

go 1.26.6

// Kyverno's own replacement: it holds for its main module only, and this one builds it as a dependency.
replace k8s.io/pod-security-admission => github.com/kyverno/pod-security-admission v0.0.0-20251031094455-46f20778634f
