// A multipart upload that a test has begun.
import type {
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommandInput,
  UploadPartCommandInput,
  UploadPartCommandOutput,
} from "@aws-sdk/client-s3";
import type { Target } from "../target.ts";

/** The least that every part but the last must have. */
export const MIN_PART_BYTES = 5 * 1024 * 1024;

export interface MultipartUpload {
  where: { Bucket: string; Key: string; UploadId: string };
  part(
    number: number,
    body: string | Uint8Array,
    more?: Partial<UploadPartCommandInput>,
  ): Promise<UploadPartCommandOutput>;
  /** With the parts that were uploaded, in their order, unless told others. */
  complete(
    parts?: CompletedPart[],
    more?: Partial<CompleteMultipartUploadCommandInput>,
  ): Promise<CompleteMultipartUploadCommandOutput>;
}

export async function beginUpload(
  { s3 }: Target,
  Bucket: string,
  Key: string,
  more: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<MultipartUpload> {
  const { UploadId = "" } = await s3.createMultipartUpload({ Bucket, Key, ...more });
  const where = { Bucket, Key, UploadId };
  const uploaded = new Map<number, CompletedPart>();
  return {
    where,
    async part(PartNumber, Body, of = {}) {
      const output = await s3.uploadPart({ ...where, PartNumber, Body, ...of });
      const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = output;
      const checksums = { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 };
      uploaded.set(PartNumber, { PartNumber, ETag, ...(more.ChecksumAlgorithm ? checksums : {}) });
      return output;
    },
    complete: (
      Parts = [...uploaded.values()].sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0)),
      of = {},
    ) => s3.completeMultipartUpload({ ...where, MultipartUpload: { Parts }, ...of }),
  };
}
