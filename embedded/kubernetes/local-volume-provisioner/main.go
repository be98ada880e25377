// Command local-volume-provisioner answers the claims of the cluster's default storage class: each gets a
// folder of the node as a `local` persistent volume, which goes with its claim. The capacity is not enforced.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

const provisionerName = "catdog-lab/local-volume"

// localVolumes makes and removes folders below root, a path that is the same on the node and in this container.
type localVolumes struct {
	root string
}

// Provision makes the folder of one claim and returns the volume, which binds its pods to the node chosen for them.
func (l localVolumes) Provision(
	_ context.Context, options controller.ProvisionOptions,
) (*corev1.PersistentVolume, controller.ProvisioningState, error) {
	claim := options.PVC
	if mode := claim.Spec.VolumeMode; mode != nil && *mode == corev1.PersistentVolumeBlock {
		return nil, controller.ProvisioningFinished, errors.New("volumeMode Block is not supported: ask for Filesystem")
	}
	if claim.Spec.Selector != nil {
		return nil, controller.ProvisioningFinished, errors.New("a claim with a selector is not supported: leave spec.selector out")
	}
	if options.SelectedNodeName == "" {
		return nil, controller.ProvisioningFinished, errors.New("no node was selected: the storage class needs volumeBindingMode WaitForFirstConsumer")
	}
	path := filepath.Join(l.root, options.PVName)
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	// Pods run as any user, and the process's umask must not shut them out.
	if err := os.Chmod(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	return l.volume(path, options), controller.ProvisioningFinished, nil
}

func (l localVolumes) volume(path string, options controller.ProvisionOptions) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes:                   options.PVC.Spec.AccessModes,
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: options.PVC.Spec.Resources.Requests[corev1.ResourceStorage]},
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
				NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{{
					Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{options.SelectedNodeName},
				}}}},
			}},
		},
	}
}

// Delete removes the folder of a volume; one that lies elsewhere than below root is refused.
func (l localVolumes) Delete(_ context.Context, volume *corev1.PersistentVolume) error {
	local := volume.Spec.Local
	if local == nil || filepath.Dir(filepath.Clean(local.Path)) != l.root {
		return fmt.Errorf("volume %s has no folder below %s", volume.Name, l.root)
	}
	return os.RemoveAll(local.Path)
}

func run() error {
	root := flag.String("root", "/var/lib/local-volumes", "folder that holds the volumes, the same on the node")
	flag.Parse()
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	controller.NewProvisionController(
		ctx, client, provisionerName, localVolumes{root: filepath.Clean(*root)}, controller.LeaderElection(false),
	).Run(ctx)
	return nil
}

func main() {
	if err := run(); err != nil {
		klog.ErrorS(err, "local-volume-provisioner")
		os.Exit(1)
	}
}
