import { checkOptions } from '../options/check-options.js'
import { anything, isBoolean } from '../options/rules.js'
import { plan } from './script/plan.js'
import type { Plan } from './script/plan-types.js'
import type { Step } from './script/steps.js'
import { waitFor } from './script/wait.js'

/** Options of `scriptedResponse`. */
export interface ScriptedResponseOptions {
  /** Ends the body with its reason, as `fetch` does: pass the signal of the request that is answered. */
  signal?: AbortSignal | null
  /** Lets pages of every origin read it, as DOM test environments ask for. Default false. */
  cors?: boolean
}

const RULES = { signal: anything, cors: isBoolean }

/**
 * The answer that `steps` describe, as a `Response`: for msw's `http` handlers, or for anything that takes the
 * place of `fetch`, in Node and browsers.
 *
 * The steps are those of `createScriptedServer`, but for `raw` and `"goaway"`, which need a socket. A cut
 * fails the body the way a lost connection does (`TypeError`); a cut as first step gives `Response.error()`. The
 * head of a Response is there from the start, so no wait can come before `status` and `headers`. Steps are
 * played as the body is read; its reader cancels it.
 *
 * @throws {ScriptError} for steps that make no sense, naming the step.
 *
 * @example
 * ```ts
 * import { events } from 'eventwire/streams'
 * import { scriptedResponse } from 'eventwire/testing'
 *
 * const response = scriptedResponse([{ event: { data: 'one' } }, { event: { data: 'two' }, cutAfter: 9 }])
 * const seen: string[] = []
 * try {
 *   for await (const event of events(response)) seen.push(event.data)
 * } catch (error) {
 *   seen.push((error as Error).name)
 * }
 * seen // => ['one', 'TypeError']
 * ```
 */
export function scriptedResponse(steps: readonly Step[], options: ScriptedResponseOptions = {}): Response {
  checkOptions(options, RULES)
  const { cors = false } = options
  const { status, headers, actions } = plan(steps, 'steps', { raw: false, goaway: false, beforeHead: false, cors })
  if (actions[0]?.kind === 'cut') return Response.error()
  const init = { status, headers: headers as [string, string][] }
  if (actions.every(({ kind }) => kind === 'head' || kind === 'end')) return new Response(null, init)
  return new Response(body(actions, options.signal ?? undefined), init)
}

function body(actions: Plan['actions'], signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const over = new AbortController()
  let controller!: ReadableStreamDefaultController<Uint8Array>
  let next = 0

  const finish = (how: () => void): void => {
    if (over.signal.aborted) return
    signal?.removeEventListener('abort', abort)
    over.abort()
    how()
  }
  const abort = (): void => finish(() => controller.error(signal?.reason))

  /** Plays steps until one gives bytes or the answer is over. */
  const pull = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const action = actions[next++]
      switch (action?.kind) {
        case 'write':
          if (action.bytes.length === 0) break
          return controller.enqueue(action.bytes.slice())
        case 'wait':
          try {
            await waitFor(action.until, over.signal)
          } catch (error) {
            return finish(() => controller.error(error))
          }
          break
        case 'stall':
          return new Promise((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true }))
        case 'cut':
          return finish(() => controller.error(new TypeError('The scripted connection was lost.')))
        case 'end':
          return finish(() => controller.close())
      }
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      start: (made) => {
        controller = made
        if (signal?.aborted) abort()
        else signal?.addEventListener('abort', abort)
      },
      pull,
      cancel: () => finish(() => {}),
    },
    { highWaterMark: 0 },
  )
}
