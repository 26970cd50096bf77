// The renderer's side: one image at a time, for as long as the worker lives.
import { writeFileSync } from "node:fs";
import { toFailure } from "../failure.ts";
import type { Render, RendererMessage, RenderRequest } from "./protocol.ts";

/** The kernel's most wanted: when memory runs out all the same, it takes the renderer and not the worker. */
const MOST_WANTED = "1000";

export function serve(render: Render): void {
  volunteerForTheKernel();
  // The worker is gone. Not process.exit(): it waits for a decode that is stuck.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.on("message", async (request: RenderRequest) => tell(await answer(render, request)));
  tell({ kind: "ready" });
}

async function answer(render: Render, request: RenderRequest): Promise<RendererMessage> {
  const { source, header, variants, focalPoint } = request;
  try {
    return { kind: "rendered", rendered: await render(source, header, variants, { focalPoint }) };
  } catch (error) {
    const { code, message, cause } = toFailure(error);
    return { kind: "failed", code, message, stack: cause instanceof Error ? cause.stack : undefined };
  }
}

function tell(message: RendererMessage): void {
  process.send?.(message);
}

function volunteerForTheKernel(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", MOST_WANTED);
  } catch {
    // No Linux.
  }
}
