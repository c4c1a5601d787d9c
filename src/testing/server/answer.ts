import type { ServerResponse } from 'node:http'
import { constants } from 'node:http2'
import type { Socket } from 'node:net'
import type { NodeResponse } from '../../server/node-types.js'
import type { Plan } from '../script/plan-types.js'
import type { Cut } from '../script/steps.js'
import { waitFor } from '../script/wait.js'
import { allowOrigin } from './cors.js'
import type { Exchange } from './exchange.js'

/**
 * Plays `plan` on a response. Resolves when the script is over or the client has left; rejects only with
 * what a function of the script threw.
 */
export async function answer(res: NodeResponse, plan: Plan, exchange: Exchange): Promise<void> {
  const { signal, connection } = exchange
  for (const action of plan.actions) {
    if (signal.aborted) return
    switch (action.kind) {
      case 'head':
        head(res, plan, exchange.origin)
        break
      case 'write':
        await write(plan.byHand ? res.socket! : res, action.bytes, signal)
        break
      case 'raw':
        await write(res.socket!, action.bytes, signal)
        break
      case 'wait':
        await waitFor(action.until, signal)
        break
      case 'stall':
        return
      case 'cut':
        exchange.endByScript()
        return cut(res, action.how, connection.tcp)
      case 'end':
        exchange.endByScript()
        if (plan.byHand) res.socket!.end()
        else (res as ServerResponse).end()
    }
  }
}

function head(res: NodeResponse, { status, headers }: Plan, origin: string | undefined): void {
  for (const [name, value] of headers) res.setHeader(name, value)
  if (origin !== undefined && res.getHeader('access-control-allow-origin') === '*') allowOrigin(res, origin)
  res.statusCode = status
  // The types of HTTP/2 lack it.
  ;(res as ServerResponse).flushHeaders()
}

/** Resolves when the system has taken the bytes: a reset would drop what still waits for that. */
function write(to: NodeResponse | Socket, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
    ;(to as Socket).write(bytes, done)
  })
}

function cut(res: NodeResponse, how: Cut, tcp: Socket): void {
  if (!('stream' in res)) return how === 'reset' ? void tcp.resetAndDestroy() : tcp.destroySoon()
  if (how === 'reset') return res.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  const { session } = res.stream
  if (!session || session.destroyed) return
  if (how === 'goaway') session.goaway(constants.NGHTTP2_NO_ERROR, res.stream.id)
  // Frames are written later than asked for. A ping comes back when all before it have arrived.
  session.ping(() => tcp.destroySoon())
}
