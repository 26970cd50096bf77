// Several clients create the same key at the same moment, each only if it is not there: one at most is told that it did,
// and then it is its bytes that are there, for ever.
import { CreateBucketCommand, GetObjectCommand, NoSuchKey, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Random } from "../../simulation/random.ts";
import type { Clients } from "./killable-cloud.ts";
import { fingerprintOf, type Load, someContent } from "./load.ts";
import { sent } from "./request.ts";

const RIVALS = 4;

export function raceLoad(name: string, random: Random): Load {
  const Bucket = `races-${name}`;
  /** Of each key, what may be there; undefined: nothing. */
  const races: { key: string; possible: (string | undefined)[] }[] = [];
  const problems: string[] = [];
  const counts = { races: 0 };
  let checked = 0;

  return {
    counts,
    async prepare({ s3 }) {
      await s3.send(new CreateBucketCommand({ Bucket }));
    },
    async step({ s3 }) {
      const key = `race/${races.length}`;
      const rivals = Array.from({ length: RIVALS }, () => someContent(random));
      const results = await Promise.all(
        rivals.map(({ body }) =>
          sent(s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body, IfNoneMatch: "*" }))),
        ),
      );
      const of = (state: string) =>
        rivals.filter((_, at) => results[at]?.state === state).map(({ fingerprint }) => fingerprint);
      const [winners, lost, losers] = [of("done"), of("lost"), of("refused")];
      if (winners.length > 1) problems.push(`${Bucket}/${key} was created ${winners.length} times`);
      // Who was refused has seen that somebody else's is there.
      const nothing = losers.length > 0 ? [] : [undefined];
      races.push({ key, possible: winners.length > 0 ? winners : [...lost, ...nothing] });
      if (winners.length > 0) counts.races += 1;
      return lost.length > 0 ? "lost" : "done";
    },
    async check(clients, last) {
      const looked = races.slice(last ? 0 : checked);
      checked = races.length;
      const found = await Promise.all(looked.map(({ key }) => read(clients, key)));
      const wrong = looked.filter(({ possible }, at) => !possible.includes(found[at]));
      return [
        ...problems.splice(0),
        ...wrong.map(({ key }) => `${Bucket}/${key} is not what its winner put`),
      ];
    },
  };

  async function read({ s3 }: Clients, key: string): Promise<string | undefined> {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
      return fingerprintOf((await Body?.transformToByteArray()) ?? Buffer.of());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}
