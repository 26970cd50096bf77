// A bucket as one process sees it: every request through the network of its process.
import { Failure } from "../../worker/failure.ts";
import type { ObjectStore } from "../../worker/reconcile/store.ts";
import type { Bucket } from "./bucket.ts";
import type { Process } from "./process.ts";

/** Told of each answer that reaches the process. */
export type Trace = (process: Process, request: string, key: string, answer: string) => void;

export function remoteStore(bucket: Bucket, process: Process, trace: Trace): ObjectStore {
  const ask = async <Answer>(name: string, key: string, act: () => Answer): Promise<Answer> => {
    const answer = await process.request(act, true);
    trace(process, name, key, describe(answer));
    return answer;
  };
  const see = <Answer>(folder: string, answer: Answer): Answer => {
    process.see(folder);
    return answer;
  };
  const write = async <Answer>(name: string, key: string, act: () => Answer) => {
    const isRefused = process.befalls("conflict");
    return ask(name, key, () => (isRefused ? ("precondition-failed" as const) : act()));
  };
  return {
    head: (key) =>
      ask(
        "HEAD",
        key,
        () => bucket.get(key, undefined) as Exclude<ReturnType<typeof bucket.get>, "unchanged">,
      ),
    list: (folder) => ask("LIST", folder, () => see(folder, bucket.list(folder))),
    put: (key, body, options) => write("PUT", key, () => bucket.put(process, key, body, options)),
    delete: (key, { ifMatch }) => write("DELETE", key, () => bucket.delete(process, key, ifMatch)),
    async get(key, { ifNoneMatch } = {}) {
      const found = await ask("GET", key, () =>
        see(key.slice(0, key.lastIndexOf("/") + 1), bucket.get(key, ifNoneMatch)),
      );
      if (typeof found === "string") return found;
      return { ...found, read: () => download(found.body, process), discard: () => {} };
    },
  };
}

async function download(body: Buffer, process: Process): Promise<Uint8Array> {
  const isCut = process.befalls("cutDownload");
  const arrived = await process.request(() => (isCut ? body.subarray(0, body.length - 3) : body), true);
  if (isCut && arrived.length % 2 === 0) throw new Failure("NETWORK", "The download was cut.");
  return new Uint8Array(arrived);
}

function describe(answer: unknown): string {
  if (typeof answer === "string") return answer;
  if (answer instanceof Map) return `${answer.size} keys`;
  const { etag } = answer as { etag: string };
  return etag.slice(0, 6);
}
