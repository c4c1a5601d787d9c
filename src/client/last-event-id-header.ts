/**
 * The value of the `Last-Event-ID` request header (WHATWG HTML 9.2.3): the UTF-8 bytes of the id, as
 * a byte string, which is the form `fetch` takes header values in.
 *
 * @returns `undefined` for an id with a control character: no HTTP header can carry it, and hosts
 * refuse the whole request for it.
 */
export function lastEventIdHeader(id: string): string | undefined {
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x08\n-\x1f\x7f]/.test(id)) return
  try {
    // Workers take any text for a header, and send its UTF-8 bytes.
    void new Headers([['x', id + '\u0100']])
    return id
  } catch {
    return Array.from(new TextEncoder().encode(id), (byte) => String.fromCharCode(byte)).join('')
  }
}
