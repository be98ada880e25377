// Command network-policies enforces NetworkPolicies on its node: kube-router's firewall alone, without its router,
// service proxy and load balancer, whose modules would be half of what has to be compiled.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

const syncTimeout = time.Minute

// firewall is kube-router's controller and what it hears of the cluster.
type firewall struct {
	policies  *netpol.NetworkPolicyController
	informers informers.SharedInformerFactory
}

// newFirewall connects to the cluster and reads its pods, namespaces and policies.
func newFirewall(ctx context.Context, kubeconfig string, config *options.KubeRouterConfig) (*firewall, error) {
	access, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(access)
	if err != nil {
		return nil, err
	}
	tables, sets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		return nil, err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	controller, err := netpol.NewNetworkPolicyController(client, config, pods, policies, namespaces, &sync.Mutex{}, tables, sets)
	if err != nil {
		return nil, err
	}
	factory.Start(ctx.Done())
	reading, stop := context.WithTimeout(ctx, syncTimeout)
	defer stop()
	for kind, read := range factory.WaitForCacheSync(reading.Done()) {
		if !read {
			return nil, fmt.Errorf("the cluster did not list its %v within %v", kind, syncTimeout)
		}
	}
	// Only now: each would ask for a whole pass for every object that is there already.
	for informer, handler := range map[cache.SharedIndexInformer]cache.ResourceEventHandler{
		pods:       controller.PodEventHandler,
		namespaces: controller.NamespaceEventHandler,
		policies:   controller.NetworkPolicyEventHandler,
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	return &firewall{policies: controller, informers: factory}, nil
}

// run enforces policies until the context ends.
func (f *firewall) run(ctx context.Context) {
	beats := make(chan *healthcheck.ControllerHeartbeat)
	go func() { // whoever started this process restarts it: nobody asks how the controller feels
		for range beats {
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	go f.policies.Run(beats, ctx.Done(), &running)
	running.Wait()
	f.informers.Shutdown()
}

func run() error {
	config := options.NewKubeRouterConfig()
	config.EnableIPv4 = true
	kubeconfig := flag.String("kubeconfig", "/etc/kubernetes/admin.conf", "how the cluster is reached")
	services := flag.String("service-cidr", "10.96.0.0/16", "addresses of Services")
	flag.StringVar(&config.HostnameOverride, "node", "", "name of this node (default: the host's name)")
	flag.Parse()
	config.ClusterIPCIDRs = []string{*services}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	enforced, err := newFirewall(ctx, *kubeconfig, config)
	if err != nil {
		return err
	}
	enforced.run(ctx)
	return nil
}

func main() {
	if err := run(); err != nil {
		klog.ErrorS(err, "network-policies")
		os.Exit(1)
	}
}
