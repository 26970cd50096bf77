// Runs in a thread of its own, so that it sees the end of the pipe even while the handler blocks the main thread. The pipe's
// other end closes when its holder dies, by kill -9 as well; then the whole process group goes at once.
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";

const { pipe, group } = workerData as { pipe: number; group: number };

new Socket({ fd: pipe }).resume().on("error", die).on("close", die);

function die(): void {
  process.kill(-group, "SIGKILL");
}
