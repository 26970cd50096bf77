// Receipt handles: opaque to clients, here the row and the receive it stands for.
import { ServiceError } from "../protocol/model.ts";

export function handleOf({ id, receipt }: { id: number; receipt: string | null }): string {
  return Buffer.from(`${id}:${receipt}`).toString("base64");
}

export function readHandle(handle: string): { id: number; receipt: string } {
  const [id = "", receipt = ""] = Buffer.from(handle, "base64").toString().split(":");
  if (/^\d+$/.test(id) && receipt !== "") return { id: Number(id), receipt };
  throw new ServiceError(
    "ReceiptHandleIsInvalid",
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );
}
