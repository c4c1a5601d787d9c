import type { ServerResponse } from 'node:http'
import { fieldsOf } from '../response-head.js'

/** Answers a Node request with a web `Response`. Rejects where its body cannot be read. */
export async function sendResponse(res: ServerResponse, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer())
  res.writeHead(response.status, fieldsOf(response.headers))
  res.end(body)
}
