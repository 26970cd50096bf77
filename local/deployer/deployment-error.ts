// What the author of the program or of its settings can put right: its message is meant to be shown, without a stack.

export class DeploymentError extends Error {
  override readonly name = "DeploymentError";
}
