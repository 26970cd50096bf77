// A question to whoever sits at the terminal. Ctrl-C or Ctrl-D is no answer: the command ends as interrupted.
import { createInterface } from "node:readline";

export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve, reject) => {
      terminal.once("close", () => reject(new Interrupted("Nobody answered.")));
      terminal.question(question, resolve);
    });
  } finally {
    terminal.close();
  }
}
