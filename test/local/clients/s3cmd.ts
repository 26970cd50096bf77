// `s3cmd`: one file after another.
import { join } from "node:path";
import type { Cloud } from "../../../local/cloud.ts";
import { type Client, credentialsOf, expectText, PREFIX } from "./client.ts";

export function s3cmdClient(command: string, cloud: Cloud): Client {
  const { accessKeyId, secretAccessKey, host } = credentialsOf(cloud);
  const keys = ["--access_key", accessKeyId, "--secret_key", secretAccessKey];
  const options = [...keys, "--no-ssl", "--host", host, "--host-bucket", host];
  return {
    command,
    cannot: {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
      names: /[\0-\x1f\x7f]/,
      because: "it writes ^A for a control character, in keys too",
    },
    create: (bucket) => ["mb", `s3://${bucket}`, ...options],
    up: (folder, bucket) => ["sync", `${folder}/`, `s3://${bucket}/${PREFIX}`, ...options],
    back: (bucket, folder) => ["sync", `s3://${bucket}/${PREFIX}`, `${folder}/`, ...options],
    async also(ask, bucket, folder) {
      const s3 = (...words: string[]) => ask([...words, ...options]);
      await s3("put", join(folder, "plain.txt"), `s3://${bucket}/one/with space.txt`);
      await s3("get", `s3://${bucket}/one/with space.txt`, join(folder, "..", `${bucket}-one`));
      await s3("cp", `s3://${bucket}/one/with space.txt`, `s3://${bucket}/two/plus+.txt`);
      await s3("mv", `s3://${bucket}/two/plus+.txt`, `s3://${bucket}/two/100%.txt`);
      expectText(await s3("ls", "--recursive", `s3://${bucket}/two/`), "100%.txt");
      await s3("info", `s3://${bucket}/two/100%.txt`);
      await s3("rb", "--force", "--recursive", `s3://${bucket}`);
    },
  };
}
