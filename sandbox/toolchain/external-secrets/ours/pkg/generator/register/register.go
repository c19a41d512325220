// Package register of the sandbox: no generators, whose module's own file brings the clouds' kits.
package register
