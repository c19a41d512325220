// Package register of the sandbox: Vault, and none of the clouds' kits that the module's own file brings.
package register

import (
	_ "github.com/external-secrets/external-secrets/pkg/provider/vault"
)
