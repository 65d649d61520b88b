// Runs kubectl of the checkout in argv[2] with the kubeconfig in argv[3], as `slipway kubectl` does.
import { runKubectl } from "../../cli/kubeconfig/kubectl";

const [, , checkout = "", kubeconfig = "", ...args] = process.argv;
void runKubectl(checkout, kubeconfig, args).then((code) => process.exit(code));
