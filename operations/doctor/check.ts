// One thing that a healthy stack has. A check that cannot be made counts as failed: nobody knows, and that is no good news.

export interface Check {
  name: string;
  /** What it is for, or what happens without it. */
  meaning: string;
  /** The command that mends it. */
  mend: string;
  /** Resolves to what was found; throws what is wrong, as a sentence. A Remark is no failure. */
  look(): Promise<string>;
}

export interface Finding {
  name: string;
  state: "good" | "remark" | "failed";
  found: string;
  meaning: string;
  mend: string;
}

/** Worth knowing, but the stack does what it is meant to. */
export class Remark extends Error {}

export async function make({ name, meaning, mend, look }: Check): Promise<Finding> {
  try {
    return { name, state: "good", found: await look(), meaning, mend };
  } catch (error) {
    const state = error instanceof Remark ? "remark" : "failed";
    const found = error instanceof Error ? error.message || error.name : String(error);
    return { name, state, found, meaning, mend };
  }
}

export function insist(isRight: boolean, problem: string): void {
  if (!isRight) throw new Error(problem);
}

export const DEPLOY_AGAIN = "pulumi up --refresh";
