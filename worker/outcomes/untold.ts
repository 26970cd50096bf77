// An outcome that could not be told: its message is retried like any other failure, by the code of what went wrong.
import { Failure } from "../failure.ts";
import type { News } from "./news.ts";

export class Untold extends Failure {
  constructor({ code, message, cause }: Failure, news: News) {
    const outcome = news.outcome === "rejected" ? `rejected (${news.failure.code})` : news.outcome;
    super(code, `It is ${outcome}, but that could not be told: ${message}`, { cause });
  }
}
