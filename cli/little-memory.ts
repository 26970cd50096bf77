// For commands that go through millions of keys: what they need at once is little, but V8 lets young objects pile up to 128 MiB
// before it looks which of them are dead. https://nodejs.org/api/v8.html#v8setflagsfromstringflags
import { setFlagsFromString } from "node:v8";

/** At once; a little slower from then on. */
export function keepMemoryLittle(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
