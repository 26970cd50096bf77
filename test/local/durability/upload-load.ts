// Multipart uploads: parts that are acknowledged are there after a kill, completed ones are objects, aborted ones are gone.
// Each goes on after the kill where its client was.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Random } from "../../simulation/random.ts";
import type { Clients } from "./killable-cloud.ts";
import { fingerprintOf, type Load } from "./load.ts";
import { sent } from "./request.ts";

/** S3 takes no smaller part, but for the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_LAST_BYTES = 100_000;

interface Upload {
  key: string;
  id: string;
  /** By number; those that were acknowledged. */
  etags: string[];
  bodies: Buffer[];
  end: "open" | "completing" | "completed" | "aborting" | "aborted";
}

export function uploadLoad(name: string, random: Random): Load {
  const Bucket = `uploads-${name}`;
  const uploads: Upload[] = [];
  const counts = { parts: 0, completed: 0, aborted: 0 };
  let current: Upload | undefined;

  const named = ({ key, id }: Upload) => ({ Bucket, Key: key, UploadId: id });

  async function begin({ s3 }: Clients): Promise<"done" | "lost"> {
    const key = `upload/${uploads.length}-${random.between(1, 1_000_000)}`;
    const result = await sent(s3.send(new CreateMultipartUploadCommand({ Bucket, Key: key })));
    if (result.state !== "done") return "lost";
    const last = Buffer.alloc(random.between(1, MAX_LAST_BYTES), `${key} ${random.next()}`);
    const bodies = random.chance(0.15) ? [Buffer.alloc(MIN_PART_BYTES, `${key} first`), last] : [last];
    current = { key, id: result.answer.UploadId ?? "", etags: [], bodies, end: "open" };
    uploads.push(current);
    return "done";
  }

  async function sendPart({ s3 }: Clients, upload: Upload): Promise<"done" | "lost"> {
    const number = upload.etags.length + 1;
    const command = { ...named(upload), PartNumber: number, Body: upload.bodies[number - 1] ?? Buffer.of() };
    const result = await sent(s3.send(new UploadPartCommand(command)));
    if (result.state === "refused") throw new Error(`A part of ${upload.key} was refused: ${result.code}`);
    if (result.state === "lost") return "lost";
    upload.etags.push(result.answer.ETag ?? "");
    counts.parts += 1;
    return "done";
  }

  async function finish({ s3 }: Clients, upload: Upload): Promise<"done" | "lost"> {
    upload.end = "completing";
    const Parts = upload.etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
    const command = new CompleteMultipartUploadCommand({ ...named(upload), MultipartUpload: { Parts } });
    const result = await sent(s3.send(command));
    if (result.state === "lost") return "lost";
    // Even when the first try was done, and its answer was lost.
    if (result.state === "refused") throw new Error(`The end of ${upload.key} was refused: ${result.code}`);
    upload.end = "completed";
    counts.completed += 1;
    return "done";
  }

  async function abort({ s3 }: Clients, upload: Upload): Promise<"done" | "lost"> {
    upload.end = "aborting";
    const result = await sent(s3.send(new AbortMultipartUploadCommand(named(upload))));
    if (result.state === "lost") return "lost";
    upload.end = "aborted";
    counts.aborted += 1;
    return "done";
  }

  return {
    counts,
    async prepare({ s3 }) {
      await s3.send(new CreateBucketCommand({ Bucket }));
    },
    async step(clients) {
      if (!current || current.end === "completed" || current.end === "aborted") return begin(clients);
      if (current.end === "aborting") return abort(clients, current);
      if (current.etags.length < current.bodies.length) return sendPart(clients, current);
      if (current.end === "open" && random.chance(0.2)) return abort(clients, current);
      return finish(clients, current);
    },
    async check(clients, last) {
      const { Uploads = [] } = await clients.s3.send(new ListMultipartUploadsCommand({ Bucket }));
      const open = new Set(Uploads.map(({ UploadId }) => UploadId));
      const looked = last ? uploads : uploads.slice(-3);
      const problems = looked.map((upload) => problemsOf(clients, upload, open.has(upload.id)));
      return (await Promise.all(problems)).flat();
    },
  };

  async function problemsOf(clients: Clients, upload: Upload, isOpen: boolean): Promise<string[]> {
    const { key, end } = upload;
    if (end === "open") return isOpen ? lostParts(clients, upload) : [`the upload of ${key} is lost`];
    const isOver = end === "completed" || end === "aborted";
    if (isOpen) return isOver ? [`the upload of ${key} is back`] : [];
    return end === "completed" || end === "completing" ? objectProblems(clients, upload) : [];
  }

  async function objectProblems(clients: Clients, { key, bodies }: Upload): Promise<string[]> {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key: key }));
    const found = fingerprintOf((await Body?.transformToByteArray()) ?? Buffer.of());
    return found === fingerprintOf(Buffer.concat(bodies)) ? [] : [`${key} has not the bytes of its parts`];
  }

  async function lostParts({ s3 }: Clients, upload: Upload): Promise<string[]> {
    const { Parts = [] } = await s3.send(new ListPartsCommand(named(upload)));
    const there = new Map(Parts.map(({ PartNumber, ETag }) => [PartNumber, ETag]));
    const lost = upload.etags.filter((etag, index) => there.get(index + 1) !== etag);
    return lost.map((etag) => `the upload of ${upload.key} has lost its part ${etag}`);
  }
}
