package main

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/kinds"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// cluster answers whether an object exists.
type cluster struct {
	objects   dynamic.Interface
	discovery discovery.DiscoveryInterface
	namespace string
	lock      sync.Mutex
	known     map[schema.GroupVersionKind]metav1.APIResource
}

// openCluster returns the cluster of a provider's configuration; nil where the released plugin refuses nothing.
func openCluster(variables map[string]string) *cluster {
	isOn := func(name, environment, standard string) bool {
		value, exists := variables["kubernetes:config:"+name]
		if !exists {
			value, exists = os.LookupEnv(environment)
		}
		return value == "true" || !exists && standard == "true"
	}
	upserts := isOn("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS", "false") &&
		isOn("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", "true")
	if upserts || variables["kubernetes:config:renderYamlToDirectory"] != "" {
		return nil
	}
	loader := kubeconfig(variables)
	if loader == nil {
		return nil
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil // the module reports the cluster as unreachable
	}
	namespace, _, _ := loader.Namespace()
	config.QPS = -1 // no limit: each Create asks once
	config.Timeout = 30 * time.Second
	config.WarningHandler = rest.NoWarnings{}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil
	}
	disco, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil
	}
	if _, err := disco.ServerVersion(); err != nil {
		return nil // as above, and Create ends without a wait for this cluster
	}
	return &cluster{objects: objects, discovery: disco, namespace: namespace,
		known: map[schema.GroupVersionKind]metav1.APIResource{}}
}

// kubeconfig reads the provider's kubeconfig as the module does: contents, a path, or the ambient files.
func kubeconfig(variables map[string]string) clientcmd.ClientConfig {
	overrides := &clientcmd.ConfigOverrides{CurrentContext: variables["kubernetes:config:context"]}
	overrides.Context.Cluster = variables["kubernetes:config:cluster"]
	overrides.Context.Namespace = variables["kubernetes:config:namespace"]
	given := variables["kubernetes:config:kubeconfig"]
	if given == "" {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	}
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(given, "~/") {
		given = home + given[1:]
	}
	contents := []byte(given)
	if file, err := os.ReadFile(given); err == nil {
		contents = file
	}
	config, err := clientcmd.Load(contents)
	if err != nil {
		return nil
	}
	return clientcmd.NewDefaultClientConfig(*config, overrides)
}

// find returns the API's AlreadyExists error for a requested object that exists. It returns nil where the object is
// missing or cannot be asked for: an unknown kind, an unknown or generated name, a missing namespace, a silent API.
func (c *cluster) find(ctx context.Context, request *pulumirpc.CreateRequest) error {
	properties, err := plugin.UnmarshalProperties(request.GetProperties(), plugin.MarshalOptions{KeepUnknowns: true})
	if err != nil {
		return nil
	}
	object := unstructured.Unstructured{Object: properties.Mappable()}
	kind := object.GroupVersionKind()
	isObject := object.GetName() != "" && kind.Kind != ""
	if !isObject || kinds.IsPatchResource(resource.URN(request.GetUrn()), kind.Kind) {
		return nil
	}
	served, isServed := c.resourceOf(kind)
	if !isServed {
		return nil
	}
	named := kind.GroupVersion().WithResource(served.Name)
	var client dynamic.ResourceInterface = c.objects.Resource(named)
	if served.Namespaced {
		client = c.objects.Resource(named).Namespace(c.namespaceOf(&object))
	}
	if _, err := client.Get(ctx, object.GetName(), metav1.GetOptions{}); err != nil {
		return nil
	}
	return apierrors.NewAlreadyExists(named.GroupResource(), object.GetName())
}

func (c *cluster) namespaceOf(object *unstructured.Unstructured) string {
	for _, namespace := range []string{object.GetNamespace(), c.namespace} {
		if namespace != "" {
			return namespace
		}
	}
	return metav1.NamespaceDefault
}

// resourceOf finds how the API serves a kind; a kind whose CRD is missing is looked up again the next time.
func (c *cluster) resourceOf(kind schema.GroupVersionKind) (metav1.APIResource, bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if served, isKnown := c.known[kind]; isKnown {
		return served, true
	}
	list, err := c.discovery.ServerResourcesForGroupVersion(kind.GroupVersion().String())
	if err != nil {
		return metav1.APIResource{}, false
	}
	for _, served := range list.APIResources {
		if !strings.Contains(served.Name, "/") { // a subresource has the kind of what it returns
			c.known[kind.GroupVersion().WithKind(served.Kind)] = served
		}
	}
	served, isKnown := c.known[kind]
	return served, isKnown
}
