// The zip that a request brings, or names in a bucket; then it is read with the rights of whoever asks.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
import type { FunctionCode } from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { Cloud } from "../../cloud.ts";
import { inProcess, type Request } from "../../protocol/http.ts";
import { ServiceError } from "../../protocol/model.ts";
import { readSignature } from "../../protocol/signature.ts";
import { invalid, refuseOthers } from "../refusals.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ZIP_BYTES = 52_428_800;

/** Rejects with what AWS says of code that is missing, too large or out of reach. */
export async function readCode(
  cloud: Cloud,
  { ZipFile, S3Bucket, S3Key, S3ObjectVersion, ...others }: FunctionCode,
  request: Request,
): Promise<Uint8Array> {
  refuseOthers(others);
  if (ZipFile === undefined && (S3Bucket === undefined || S3Key === undefined))
    throw invalid("Please provide a source for function code.");
  if (ZipFile === undefined)
    return await download(cloud, { Bucket: S3Bucket, Key: S3Key, VersionId: S3ObjectVersion }, request);
  if (ZipFile.length > MAX_ZIP_BYTES) {
    const message = `Zipped size must be smaller than ${MAX_ZIP_BYTES} bytes`;
    throw new ServiceError("RequestEntityTooLargeException", message, { status: 413 });
  }
  return ZipFile;
}

interface Place {
  Bucket: string | undefined;
  Key: string | undefined;
  VersionId: string | undefined;
}

async function download(cloud: Cloud, place: Place, request: Request): Promise<Uint8Array> {
  const { endpoint, region, handle } = cloud;
  const credentials = credentialsOf(cloud, request);
  const requestHandler = inProcess(handle);
  const s3 = new S3Client({ endpoint, region, credentials, requestHandler, forcePathStyle: true });
  try {
    const { Body } = await s3.send(new GetObjectCommand(place));
    return (await Body?.transformToByteArray()) ?? Buffer.of();
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const why = `S3 Error Code: ${error.name}. S3 Error Message: ${error.message}`;
    if (error.$metadata.httpStatusCode !== 403) throw invalid(`Error occurred while GetObject. ${why}`);
    const message = `Your access has been denied by S3, please make sure your request credentials have permission to GetObject for ${place.Bucket}/${place.Key}. ${why}`;
    throw new ServiceError("AccessDeniedException", message, { status: 403 });
  }
}

/** The request was signed with them, or it would not have come so far. */
function credentialsOf({ iam }: Cloud, request: Request) {
  const { accessKeyId = "" } = readSignature(request) ?? {};
  const { secretAccessKey = "", sessionToken } = iam.lookup(accessKeyId) ?? {};
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
