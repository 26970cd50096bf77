// What the catalog's items and the topic's messages say alike, under the same names.
import { isUploadBatch, UPLOAD_BATCH } from "../../settings/upload-batch.ts";
import { attributeText } from "../attribute-text.ts";
import { manifestKey } from "../reconcile/keys.ts";
import type { Manifest } from "../reconcile/manifest.ts";
import type { StoredObject } from "../reconcile/store.ts";
import type { News } from "./news.ts";

export type Facts = Record<string, string | number>;

export function factsOf(news: News): Facts {
  const seenAt = new Date(news.seenMs).toISOString();
  if (news.outcome === "removed") return { seenAt };
  const ofSource = news.source ? sourceFacts(news.source) : {};
  if (news.outcome === "rendered") return { seenAt, ...ofSource, ...setFacts(news.manifest) };
  const { code, message } = news.failure;
  return { seenAt, ...ofSource, reason: code, reasonMessage: attributeText(message) };
}

function sourceFacts({ etag, versionId, modified, bytes, metadata }: StoredObject): Facts {
  const batch = metadata[UPLOAD_BATCH];
  return {
    sourceEtag: etag,
    ...(versionId !== undefined && { sourceVersionId: versionId }),
    bytes,
    uploadedAt: modified,
    ...(batch !== undefined && isUploadBatch(batch) && { uploadBatch: batch }),
  };
}

function setFacts({ source, recipe, placeholder, dominantColour }: Manifest): Facts {
  const { key, format, width, height, frames } = source;
  return {
    format,
    width,
    height,
    frames,
    placeholder,
    dominantColour,
    recipe,
    manifestKey: manifestKey(key),
  };
}
