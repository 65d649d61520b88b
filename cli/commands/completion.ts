import type { CommandDefinition } from "../commandLine/definition";

export const completion: CommandDefinition = {
  name: "completion",
  summary: "print the completion script of a shell",
  arguments: [{ name: "SHELL", summary: "bash or zsh", completes: ["bash", "zsh"] }],
  examples: [
    "source <(slipway completion bash)  # in ~/.bashrc",
    "source <(slipway completion zsh)  # in ~/.zshrc, after compinit",
  ],
  load: () => import("../commandLine/completion/index.ts").then((shell) => shell.completion),
};
