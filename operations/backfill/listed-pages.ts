// The pages of a bucket's listing, several at a time where its folders allow: S3 gives one page after the other, and a million
// keys are a thousand of them. In no order; of each folder that is under way, one page is held.
import { type _Object, ListObjectsV2Command, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";

export interface ListedBucket {
  client: S3Client;
  bucket: string;
  prefix: string;
  pageSize?: number | undefined;
}

const FOLDERS_AT_ONCE = 8;
/** S3's own. */
const MAX_PAGE = 1000;

export async function* listedPages(listed: ListedBucket): AsyncGenerator<_Object[]> {
  const { files, folders } = await foldersIn(listed);
  if (!folders) return yield* folderPages(listed);
  if (files.length > 0) yield files;
  yield* several(folders.map((prefix) => () => folderPages({ ...listed, prefix })));
}

async function* folderPages({ client, bucket, prefix, pageSize = MAX_PAGE }: ListedBucket) {
  const pages = paginateListObjectsV2({ client, pageSize }, { Bucket: bucket, Prefix: prefix });
  for await (const { Contents = [] } of pages) yield Contents;
}

/** Of the first level that has more than one. None where one page does not name them all: a folder for each key saves nothing. */
async function foldersIn(listed: ListedBucket): Promise<{ files: _Object[]; folders: string[] | undefined }> {
  const { client, bucket, prefix, pageSize = MAX_PAGE } = listed;
  const {
    Contents = [],
    CommonPrefixes = [],
    IsTruncated,
  } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: "/", MaxKeys: pageSize }),
  );
  if (IsTruncated) return { files: [], folders: undefined };
  const folders = CommonPrefixes.flatMap(({ Prefix = [] }) => Prefix);
  const [only] = folders;
  const isAlone = folders.length === 1 && Contents.length === 0 && only !== undefined;
  return isAlone ? await foldersIn({ ...listed, prefix: only }) : { files: Contents, folders };
}

/** What so many generators at a time give, as it comes; a new one starts when another has ended. */
async function* several<Item>(starts: (() => AsyncGenerator<Item>)[]): AsyncGenerator<Item> {
  const waiting = starts.values();
  const next = async (generator: AsyncGenerator<Item>) => ({ generator, result: await generator.next() });
  const running = new Map<AsyncGenerator<Item>, ReturnType<typeof next>>();
  const start = () => {
    const generator = waiting.next().value?.();
    if (generator) running.set(generator, next(generator));
  };
  for (let count = 0; count < FOLDERS_AT_ONCE; count += 1) start();
  try {
    while (running.size > 0) {
      const { generator, result } = await Promise.race(running.values());
      running.delete(generator);
      if (result.done) start();
      else {
        yield result.value;
        running.set(generator, next(generator));
      }
    }
  } finally {
    // Whoever stops early does not wait for answers, nor hears of their failures.
    for (const each of running.values()) each.catch(() => {});
  }
}
