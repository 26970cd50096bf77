// One invocation's process. Each of its requests passes here and takes virtual time. It may be killed, and then nothing
// it awaits ever comes back, though what it had sent still arrives; or stand still, and then everything it awaits, its
// own timers included, comes back much later.
import { Failure } from "../../worker/failure.ts";
import type { FaultCounts, Faults } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** An image makes about so many requests; a kill or freeze comes at one of those the whole batch may make. */
const REQUESTS_PER_MESSAGE = 9;
/** As in worker/aws/clients.ts. */
const SDK_ATTEMPTS = 3;
const NEVER = new Promise<never>(() => {});

type RequestFault = "unavailable" | "throttled" | "lostAnswer";

export interface ProcessOptions {
  name: string;
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  counts: FaultCounts;
  messages: number;
  visibilityMs: number;
  /** Whom the fence asks: the signal and the clock, the signal alone, or nobody. */
  fence: "clock" | "signal" | "open";
  /** When the signal falls; a few seconds later Lambda's time is over. */
  deadlineMs: number;
}

export class Process {
  readonly name: string;
  readonly startedMs: number;
  readonly #options: ProcessOptions;
  readonly #fateAt: number;
  readonly #fate: "kill" | "freeze" | "stall" | undefined;
  readonly #deadline = new AbortController();
  #requests = 0;
  #thawsAtMs = 0;
  #kill: () => void = () => {};
  isDead = false;
  isFrozen = false;
  /** Requests that were sent and have not arrived. */
  #inFlight = 0;
  /** Requests and renderings that it waits for. */
  #pending = 0;
  hasAnswered = false;
  /** Faults that befell it so far. */
  injected = 0;
  /** Folder to how often it changed something there. */
  readonly writes = new Map<string, number>();
  /** Folder to when it last saw what lies there. */
  readonly sightsMs = new Map<string, number>();
  /** Images it has read that no attempt can render. */
  readonly sawHopeless = new Set<string>();
  wasOverTime = false;
  /** Resolves when it is killed. */
  readonly killed: Promise<"killed">;

  constructor(options: ProcessOptions) {
    const { name, random, faults, scheduler, deadlineMs, messages } = options;
    this.name = name;
    this.startedMs = scheduler.nowMs();
    this.#options = options;
    this.#fate = fateOf(random.next(), faults);
    this.#fateAt = random.between(1, REQUESTS_PER_MESSAGE * messages);
    this.killed = new Promise((resolve) => {
      this.#kill = () => resolve("killed");
    });
    scheduler.at(deadlineMs, () => this.#ring());
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** Whether it was frozen past the visibility timeout. */
  get wasFrozen(): boolean {
    return this.#fate === "freeze" && this.#requests >= this.#fateAt;
  }

  /** Whether nothing can come from it any more. */
  get isOver(): boolean {
    return this.isDead ? this.#inFlight === 0 : this.hasAnswered && this.#pending === 0;
  }

  /**
   * `act` is the moment at which the other side does what was asked, all at once. The SDK tries again by itself, and asks
   * the fence before each try, as in worker/aws/object-store.ts.
   */
  async request<Answer>(act: () => Answer, isFenced: boolean): Promise<Answer> {
    this.#pending += 1;
    try {
      return await this.#ask(act, isFenced);
    } finally {
      this.#pending -= 1;
    }
  }

  async #ask<Answer>(act: () => Answer, isFenced: boolean): Promise<Answer> {
    this.#countRequest();
    const fault = this.#drawFault();
    const faultyAttempts = fault === undefined ? 0 : this.#options.random.pick([1, 1, SDK_ATTEMPTS]);
    for (let attempt = 1; ; attempt += 1) {
      if (isFenced) this.throwIfOver();
      const isFaulty = attempt <= faultyAttempts;
      const answer = await this.#exchange(() =>
        isFaulty && fault !== "lostAnswer" ? undefined : { value: act() },
      );
      if (!isFaulty && answer) return answer.value;
      if (attempt === SDK_ATTEMPTS) throw failureOf(fault);
    }
  }

  /** Time that passes without a request, such as rendering. */
  async work(milliseconds: number): Promise<void> {
    this.#pending += 1;
    await this.#options.scheduler.sleep(milliseconds);
    await this.#goOn();
    this.#pending -= 1;
  }

  /** A fault that is not about a request as such. */
  befalls(fault: keyof Faults): boolean {
    const { random, faults, counts } = this.#options;
    if (!random.chance(faults[fault])) return false;
    counts[fault] += 1;
    this.injected += 1;
    return true;
  }

  see(folder: string): void {
    this.sightsMs.set(folder, this.#options.scheduler.nowMs());
  }

  throwIfOver(): void {
    const { fence, deadlineMs, scheduler } = this.#options;
    if (fence === "clock" && scheduler.nowMs() >= deadlineMs) this.expire();
    if (fence !== "open") this.signal.throwIfAborted();
  }

  expire(): void {
    if (!this.signal.aborted) this.wasOverTime = true;
    this.end();
  }

  /** As the end of an invocation does in worker/handler.ts. */
  end(): void {
    this.#deadline.abort(new Failure("OUT_OF_TIME", "The invocation's time was over."));
  }

  kill(): void {
    this.isDead = true;
    this.#kill();
  }

  async #exchange<Answer>(act: () => Answer): Promise<Answer> {
    const { scheduler } = this.#options;
    this.#inFlight += 1;
    await scheduler.sleep(this.#latencyMs());
    this.#inFlight -= 1;
    const answer = act();
    await scheduler.sleep(this.#latencyMs());
    await this.#goOn();
    return answer;
  }

  #latencyMs(): number {
    const { random } = this.#options;
    return this.befalls("slowRequest") ? random.between(500, 12_000) : random.between(1, 40);
  }

  /** Waits while the process stands still; for ever when it is dead. */
  async #goOn(): Promise<void> {
    const { scheduler, random } = this.#options;
    // What was awaited comes back in any order: the deadline's timer among it.
    while (this.isFrozen) await scheduler.sleep(this.#thawsAtMs - scheduler.nowMs() + random.between(0, 3));
    if (this.isDead) await NEVER;
  }

  #countRequest(): void {
    this.#requests += 1;
    if (this.#requests !== this.#fateAt || this.#fate === undefined) return;
    const fate = this.#fate;
    const { scheduler, random, counts } = this.#options;
    counts[fate] += 1;
    this.injected += 1;
    // Not at the request itself, so that it may come between any two of them, or before this one's answer.
    scheduler.at(scheduler.nowMs() + random.between(0, 80), () => this.#suffer(fate));
  }

  #suffer(fate: "kill" | "freeze" | "stall"): void {
    if (fate === "kill") {
      this.kill();
      return;
    }
    const { scheduler, random, visibilityMs } = this.#options;
    const forMs =
      fate === "freeze" ? random.between(visibilityMs, 1.6 * visibilityMs) : random.between(1000, 50_000);
    this.#thawsAtMs = scheduler.nowMs() + forMs;
    this.isFrozen = true;
    scheduler.at(this.#thawsAtMs, () => {
      this.isFrozen = false;
    });
  }

  #ring(): void {
    const { scheduler, random } = this.#options;
    if (this.isFrozen) scheduler.at(this.#thawsAtMs + random.between(0, 3), () => this.#ring());
    else this.expire();
  }

  #drawFault(): RequestFault | undefined {
    const { random, faults, counts } = this.#options;
    const { unavailable, throttled, lostAnswer } = faults;
    const drawn = random.next();
    if (drawn >= unavailable + throttled + lostAnswer) return undefined;
    const others = drawn < unavailable + throttled ? "throttled" : "lostAnswer";
    const fault = drawn < unavailable ? "unavailable" : others;
    counts[fault] += 1;
    this.injected += 1;
    return fault;
  }
}

function fateOf(drawn: number, { kill, freeze, stall }: Faults) {
  if (drawn < kill) return "kill";
  if (drawn < kill + freeze) return "freeze";
  return drawn < kill + freeze + stall ? "stall" : undefined;
}

function failureOf(fault: RequestFault | undefined): Failure {
  if (fault === "unavailable") return new Failure("STORE_UNAVAILABLE", "503");
  if (fault === "throttled") return new Failure("THROTTLED", "SlowDown");
  return new Failure("NETWORK", "The answer was lost.");
}
