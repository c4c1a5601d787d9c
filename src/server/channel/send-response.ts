import type { ServerResponse } from 'node:http'
import type { NodeResponse } from '../node-types.js'
import { writeHead } from '../response-head.js'

/** Answers a Node request with a web `Response`. Rejects where its body cannot be read. */
export async function sendResponse(res: NodeResponse, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer())
  const cookies = response.headers.getSetCookie()
  writeHead(res, response.status, {
    ...Object.fromEntries(response.headers),
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  })
  ;(res as ServerResponse).end(body)
}
