import { EVENT_STREAM_TYPE } from '../../wire/constants.js'
import { bytesOf, checkDelay, deliver, shown, type Fail } from './delivery.js'
import type { Action, Carrier, Plan } from './plan-types.js'
import { ScriptError } from './script-error.js'
import type { Cut, Step, WaitStep } from './steps.js'

const KINDS = ['bytes', 'event', 'raw', 'wait', 'stall', 'redirect', 'end', 'cut', 'status', 'headers'] as const
type Kind = (typeof KINDS)[number]

const ALLOWED: Record<Kind, readonly string[]> = {
  bytes: ['bytes', 'drip', 'cutAfter', 'cut'],
  event: ['event', 'drip', 'cutAfter', 'cut'],
  raw: ['raw'],
  wait: ['wait'],
  stall: ['stall'],
  redirect: ['redirect', 'status'],
  end: ['end'],
  cut: ['cut'],
  status: ['status', 'headers'],
  headers: ['headers'],
}

const CUTS: readonly unknown[] = ['fin', 'reset', 'goaway']
const REDIRECTS: readonly unknown[] = [301, 302, 303, 307, 308]
const WITHOUT_BODY: readonly number[] = [204, 205, 304]
const EVENT_STREAM_HEADERS: Record<string, string> = { 'content-type': EVENT_STREAM_TYPE, 'cache-control': 'no-cache' }

/** Checks one list of steps and lays it out. `path` is how the list is called in errors. */
export function plan(steps: readonly Step[], path: string, carrier: Carrier): Plan {
  if (!Array.isArray(steps)) throw new ScriptError(path, undefined, 'an answer is an array of steps.')
  return new Planner(path, carrier).run(steps)
}

class Planner {
  readonly #path: string
  readonly #carrier: Carrier
  readonly #actions: Action[] = []
  readonly #headers = new Map<string, string | null>()
  #status: number | undefined
  #statusAt = -1
  /** Index of the action after which the head stands; -1 where no step names it. */
  #headAt = -1
  #firstByteAt = -1
  #byHand = false
  #lastAt = -1
  #index = 0

  constructor(path: string, carrier: Carrier) {
    this.#path = path
    this.#carrier = carrier
  }

  run(steps: readonly Step[]): Plan {
    for (this.#index = 0; this.#index < steps.length; this.#index++) this.#take(steps[this.#index] as never)
    if (this.#lastAt === -1) this.#body({ kind: 'end' })
    if (this.#isTruncated()) this.#actions[this.#actions.length - 1] = { kind: 'cut', how: 'fin' }
    return { status: this.#status ?? 200, headers: this.#allHeaders(), actions: this.#withHead(), byHand: this.#byHand }
  }

  readonly #fail: Fail = (message, cause) => {
    throw new ScriptError(`${this.#path}[${this.#index}]`, this.#index, message, cause)
  }

  #take(step: Record<string, unknown>): void {
    const kind = this.#kindOf(step)
    if (this.#lastAt !== -1) {
      this.#fail(`${kind} after the answer is over: step ${this.#lastAt} is its last. Take one of them out.`)
    }
    if (kind === 'status' || kind === 'headers') return this.#head(step)
    if (kind === 'bytes' || kind === 'event') return this.#deliver(kind, step)
    if (kind === 'raw') return this.#raw(bytesOf('raw', step['raw'], this.#fail))
    if (kind === 'wait') return this.#wait(step['wait'])
    if (kind === 'redirect') return this.#redirect(step)
    if (kind === 'cut') return this.#cut(step['cut'])
    if (step[kind] !== true) this.#fail(`${kind} takes no value but true.`)
    if (kind === 'end') this.#body({ kind: 'end' })
    else this.#actions.push({ kind: 'stall' })
    this.#lastAt = this.#index
  }

  #kindOf(step: unknown): Kind {
    if (typeof step !== 'object' || step === null || Array.isArray(step)) {
      this.#fail(`a step is an object with one of the keys ${KINDS.join(', ')}.`)
    }
    const keys = Object.keys(step).filter((key) => (step as Record<string, unknown>)[key] !== undefined)
    const kind = KINDS.find((each) => keys.includes(each))
    if (kind === undefined) {
      this.#fail(`no such step: ${keys.join(', ') || 'it is empty'}. A step has one of the keys ${KINDS.join(', ')}.`)
    }
    const stray = keys.find((key) => !ALLOWED[kind].includes(key))
    if (stray !== undefined) this.#fail(`${stray} has no place in a step with ${kind}. Make it a step of its own.`)
    return kind
  }

  #head({ status, headers }: Record<string, unknown>): void {
    if (this.#firstByteAt !== -1) this.#fail(`the head is out already, with step ${this.#firstByteAt}. Move it before.`)
    if (!this.#carrier.beforeHead && this.#actions.length > 0) {
      this.#fail(
        'a Response has its head from the start. Make this the first step, or wait before you make the Response.',
      )
    }
    if (status !== undefined) this.#setStatus(status)
    if (headers !== undefined) this.#setHeaders(headers)
    this.#headAt = this.#actions.length
  }

  #setStatus(status: unknown): void {
    if (this.#status !== undefined) this.#fail(`a second status: step ${this.#statusAt} says ${this.#status} already.`)
    if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) {
      this.#fail(`status must be an integer from 200 to 599, not ${shown(status)}.`)
    }
    this.#status = status as number
    this.#statusAt = this.#index
  }

  #setHeaders(headers: unknown): void {
    if (typeof headers !== 'object' || headers === null) this.#fail('headers is an object of names and values.')
    for (const [name, value] of Object.entries(headers as Record<string, unknown>)) {
      if (value !== null && typeof value !== 'string')
        this.#fail(`headers: ${name} must be a string, or null for none.`)
      try {
        new Headers().set(name, value ?? '')
      } catch (error) {
        this.#fail(`headers: ${JSON.stringify(name)} is not a header that HTTP can carry.`, error)
      }
      this.#headers.set(name.toLowerCase(), value)
    }
  }

  #deliver(kind: 'bytes' | 'event', step: Record<string, unknown>): void {
    if (step['cutAfter'] === undefined && step['cut'] !== undefined) {
      this.#fail(`cut has no place in a step with ${kind}, unless cutAfter says where.`)
    }
    for (const action of deliver(kind, step, this.#fail)) this.#body(action)
    if (step['cutAfter'] !== undefined) this.#cut(step['cut'] ?? 'fin')
  }

  #raw(bytes: Uint8Array): void {
    if (!this.#carrier.raw) this.#fail('raw needs a server over HTTP/1: nothing else has bytes outside its framing.')
    if (this.#firstByteAt === -1 && this.#headAt === -1) this.#byHand = true
    this.#body({ kind: 'raw', bytes })
  }

  #wait(until: unknown): void {
    const waits = typeof until === 'function' || typeof (until as PromiseLike<unknown> | null)?.then === 'function'
    if (!waits) checkDelay('wait', until, this.#fail, ', a promise or a function')
    // One that fails before the script gets there is no unhandled rejection: the step tells of it.
    else if (typeof until !== 'function') Promise.resolve(until).catch(() => {})
    this.#actions.push({ kind: 'wait', until: until as WaitStep['wait'] })
  }

  #redirect({ redirect, status = 307 }: Record<string, unknown>): void {
    if (typeof redirect !== 'string' && !(redirect instanceof URL))
      this.#fail('redirect must be a URL, relative or not.')
    if (!REDIRECTS.includes(status)) this.#fail(`status of a redirect must be one of ${REDIRECTS.join(', ')}.`)
    this.#head({ status, headers: { location: String(redirect) } })
    this.#body({ kind: 'end' })
    this.#lastAt = this.#index
  }

  #cut(how: unknown): void {
    if (!CUTS.includes(how)) this.#fail(`cut must be one of ${CUTS.join(', ')}.`)
    if (how === 'goaway' && !this.#carrier.goaway)
      this.#fail('cut "goaway" needs a server over HTTP/2. Take "fin" or "reset".')
    this.#actions.push({ kind: 'cut', how: how as Cut })
    this.#lastAt = this.#index
  }

  /** An action that cannot come before the head. */
  #body(action: Action): void {
    if (action.kind === 'write' && WITHOUT_BODY.includes(this.#status ?? 200)) {
      this.#fail(`an answer with status ${this.#status} has no body.`)
    }
    if (this.#firstByteAt === -1) {
      this.#firstByteAt = this.#index
      if (this.#headAt === -1) this.#headAt = this.#actions.length
    }
    if (action.kind === 'end') this.#lastAt = this.#index
    this.#actions.push(action)
  }

  /** Fewer bytes than promised, and an end: on a connection that stays open the reader would wait for the rest. */
  #isTruncated(): boolean {
    const promised = this.#headers.get('content-length')
    if (!promised || this.#actions.at(-1)!.kind !== 'end' || WITHOUT_BODY.includes(this.#status ?? 200)) return false
    let written = 0
    for (const action of this.#actions) if ('bytes' in action) written += action.bytes.length
    return Number(promised) > written
  }

  #allHeaders(): [string, string][] {
    const preset = (this.#status ?? 200) === 200 ? EVENT_STREAM_HEADERS : {}
    const all = new Map<string, string | null>([...Object.entries(preset), ...this.#headers])
    return [...all].filter((entry): entry is [string, string] => entry[1] !== null)
  }

  #withHead(): Action[] {
    // A stall or a cut before any byte, where no step gave a head: there is no answer at all.
    if (this.#byHand || this.#headAt === -1) return this.#actions
    return [...this.#actions.slice(0, this.#headAt), { kind: 'head' }, ...this.#actions.slice(this.#headAt)]
  }
}
