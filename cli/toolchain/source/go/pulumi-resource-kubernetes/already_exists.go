package main

// The module creates objects by server-side apply, so an object that exists already is changed. The
// released plugin, 4.29 and later, creates by POST: await.Creation of provider/pkg/await/await.go and
// kubeProvider.Create of provider/pkg/provider/provider.go in github.com/pulumi/pulumi-kubernetes. There
// `up` fails with AlreadyExists, and a preview returns the inputs as they are. This file adds that to the
// module's server, so that runs on the source route show what users of the release route get.

import (
	"context"
	"fmt"
	"sync/atomic"
	_ "unsafe" // for go:linkname

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// The module makes its gRPC server itself; gRPC's internal hook is the one way to give that server an interceptor.
//
//go:linkname addGlobalServerOptions google.golang.org/grpc/internal.AddGlobalServerOptions
var addGlobalServerOptions any

// refuseExistingObjects makes every server of this process answer Create as the released plugin does.
func refuseExistingObjects() {
	add := addGlobalServerOptions.(func(...grpc.ServerOption))
	add(grpc.ChainUnaryInterceptor(intercept))
}

// guarded is the cluster of this process's provider; nil while no object is refused.
var guarded atomic.Pointer[cluster]

func intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	switch request := req.(type) {
	case *pulumirpc.ConfigureRequest:
		response, err := handle(ctx, req)
		if err == nil {
			guarded.Store(openCluster(request.GetVariables()))
		}
		return response, err
	case *pulumirpc.CreateRequest:
		if target := guarded.Load(); target != nil {
			if found := target.find(ctx, request); found != nil {
				return answerExisting(request, found)
			}
		}
	}
	return handle(ctx, req)
}

// answerExisting returns what the released plugin returns for an object that exists: a preview tolerates it,
// since the dry run of a replacement still sees the old object.
func answerExisting(request *pulumirpc.CreateRequest, found error) (any, error) {
	if request.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: request.GetProperties()}, nil
	}
	return nil, fmt.Errorf("resource %q was not successfully created by the Kubernetes API server: %w\n\n"+
		"The resource already exists in the cluster. Choose what fits:\n\n"+
		"  - The resource has another name in the program now: give it an alias, or replace it with deleteBeforeReplace.\n"+
		"  - Only some fields of the object are yours: declare a Patch resource, for example ConfigMapPatch.\n"+
		"  - The stack is to own the object from now on: pulumi import.\n"+
		"  - Every existing object is to be overwritten: set upsertExistingObjects on the provider.",
		request.GetUrn(), found)
}
