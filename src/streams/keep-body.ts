import type { ConnectError } from '../errors/connect-error.js'
import { afterTurn } from './after-turn.js'
import { asBytes, type Chunk, type ChunkSource, openBody } from './chunk-source.js'

/** What is kept of a refusal: so many bytes. */
const MOST_BYTES = 64 * 1024

/**
 * Reads what a server says about its refusal, and lets go of the connection. From then on `error` has it as `body`, and a
 * copy of the response that can be read at leisure. Never rejects.
 *
 * @param ms the milliseconds that it may take
 * @param owner is given the body that is read as its `chunks`; to cancel it ends the reading
 */
export async function keepBody(error: ConnectError, ms: number, owner: { chunks?: ChunkSource }): Promise<void> {
  const { response } = error
  const pieces: Chunk[] = []
  const decoder = new TextDecoder()
  let body = ''
  let left = MOST_BYTES
  let stop: (() => void) | undefined
  if (!response?.body || response.bodyUsed) return
  try {
    const chunks = (owner.chunks = openBody(response.body)!)
    // A cancelled read may never end, where the body is an iterable.
    const isLate = new Promise<{ done: true; value?: undefined }>((resolve) => {
      stop = afterTurn(ms, () => resolve({ done: true }))
    })
    while (left > 0) {
      const { done, value } = await Promise.race([chunks.read(), isLate])
      if (done) break
      const piece = asBytes(value!).slice(0, left)
      pieces.push(piece)
      left -= piece.length
      // A character that was cut is left out.
      body += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    }
    chunks.cancel().catch(() => {})
  } catch {
    // What came before counts.
  }
  stop?.()
  Object.assign(error, { body, response: copyOf(response, pieces) })
}

function copyOf(response: Response, pieces: Chunk[]): Response {
  const { status, statusText, headers, url, redirected } = response
  try {
    const isBare = /^(101|20[45]|304)$/.test(`${status}`)
    const body = isBare ? null : new Blob(pieces as BlobPart[])
    return Object.defineProperties(new Response(body, { status, statusText, headers }), {
      url: { value: url },
      redirected: { value: redirected },
    })
  } catch {
    // A host without these classes, or a status that no response can be made with.
    return response
  }
}
