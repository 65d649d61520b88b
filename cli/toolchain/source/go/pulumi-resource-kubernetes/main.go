// Pulumi's kubernetes plugin, built from its published Go module. The schema files are copied
// from the module's own command directory at build time.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var pluginSchema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	refuseExistingObjects()
	provider.Serve("kubernetes", version.Version, pluginSchema, terraformMapping)
}
