// Which upload an object came with: user metadata that `darkroom upload` writes, or anybody else, and the worker passes on.

export const UPLOAD_BATCH = "upload-batch";

/** Printable, and short enough for any key or attribute it becomes. */
const BATCH_ID = /^[\x21-\x7e]{1,128}$/;

export function isUploadBatch(id: string): boolean {
  return BATCH_ID.test(id);
}
