// What a browser or an unzipper would make more of than a picture.

const SECOND_NATURES = ["<script", "<?php", "PK\x03\x04", "%PDF"];

export function hasSecondNature(body: Uint8Array): boolean {
  return SECOND_NATURES.some((text) => Buffer.from(body).includes(text, 0, "latin1"));
}
