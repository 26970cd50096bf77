// S3 puts etags in quotes, its events do not. Compared, stored and shown, they have none.

export function bareEtag(etag: string | undefined): string {
  return (etag ?? "").replace(/^"(.*)"$/, "$1");
}
