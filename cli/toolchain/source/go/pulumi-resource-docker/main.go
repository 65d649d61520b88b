// A docker plugin for Pulumi: the bridge over the same Terraform provider that the published
// plugin bridges, limited to the resources Slipway uses. docker.Image (native) is not in it.
package main

import (
	docker "github.com/terraform-providers/terraform-provider-docker/internal/provider"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// version is set by the linker.
var version = "0.0.0"

func token(module, name string) tokens.Type {
	return tokens.Type("docker:index/" + module + ":" + name)
}

func main() {
	tfbridge.Main("docker", version, tfbridge.ProviderInfo{
		P:       shimv2.NewProvider(docker.New("dev")()),
		Name:    "docker",
		Version: version,
		// What the published plugin does not carry over either, or what Slipway never uses.
		IgnoreMappings: []string{
			"docker_buildx_builder", "docker_config", "docker_plugin", "docker_registry_image",
			"docker_registry_image_manifests", "docker_registry_image_tags", "docker_secret",
			"docker_service", "docker_logs",
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_container": {Tok: token("container", "Container")},
			"docker_image":     {Tok: token("remoteImage", "RemoteImage")},
			"docker_network":   {Tok: token("network", "Network")},
			"docker_tag":       {Tok: token("tag", "Tag")},
			"docker_volume":    {Tok: token("volume", "Volume")},
		},
	}, []byte(`{"name":"docker"}`))
}
