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
const CORS_HEADERS: Record<string, string> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
}
const EVENT_STREAM_HEADERS: Record<string, string> = { 'content-type': EVENT_STREAM_TYPE, 'cache-control': 'no-cache' }

/** Checks one list of steps and lays it out. `path` is how the list is called in errors. */
export function plan(steps: readonly Step[], path: string, carrier: Carrier): Plan {
  if (!Array.isArray(steps)) throw new ScriptError({ path }, 'an answer is an array of steps.')
  return new Planner(path, carrier).run(steps)
}

class Planner {
  private readonly _path: string
  private readonly _carrier: Carrier
  private readonly _actions: Action[] = []
  private readonly _headers = new Map<string, string | null>()
  private _status: number | undefined
  private _statusAt = -1
  /** Index of the action after which the head stands; -1 where no step names it. */
  private _headAt = -1
  private _firstByteAt = -1
  private _byHand = false
  private _lastAt = -1
  private _index = 0

  constructor(path: string, carrier: Carrier) {
    this._path = path
    this._carrier = carrier
  }

  run(steps: readonly Step[]): Plan {
    for (this._index = 0; this._index < steps.length; this._index++) this._take(steps[this._index] as never)
    if (this._lastAt === -1) this._body({ kind: 'end' })
    if (this._isTruncated()) this._actions[this._actions.length - 1] = { kind: 'cut', how: 'fin' }
    return { status: this._status ?? 200, headers: this._allHeaders(), actions: this._withHead(), byHand: this._byHand }
  }

  private readonly _fail: Fail = (message, cause) => {
    throw new ScriptError({ path: `${this._path}[${this._index}]`, step: this._index }, message, cause)
  }

  private _take(step: Record<string, unknown>): void {
    const kind = this._kindOf(step)
    if (this._lastAt !== -1) {
      this._fail(`${kind} after the answer is over: step ${this._lastAt} is its last. Take one of them out.`)
    }
    if (kind === 'status' || kind === 'headers') return this._head(step)
    if (kind === 'bytes' || kind === 'event') return this._deliver(kind, step)
    if (kind === 'raw') return this._raw(bytesOf('raw', step['raw'], this._fail))
    if (kind === 'wait') return this._wait(step['wait'])
    if (kind === 'redirect') return this._redirect(step)
    if (kind === 'cut') return this._cut(step['cut'])
    if (step[kind] !== true) this._fail(`${kind} takes no value but true.`)
    if (kind === 'end') this._body({ kind: 'end' })
    else this._actions.push({ kind: 'stall' })
    this._lastAt = this._index
  }

  private _kindOf(step: unknown): Kind {
    if (typeof step !== 'object' || step === null || Array.isArray(step)) {
      this._fail(`a step is an object with one of the keys ${KINDS.join(', ')}.`)
    }
    const keys = Object.keys(step).filter((key) => (step as Record<string, unknown>)[key] !== undefined)
    const kind = KINDS.find((each) => keys.includes(each))
    if (kind === undefined) {
      this._fail(`no such step: ${keys.join(', ') || 'it is empty'}. A step has one of the keys ${KINDS.join(', ')}.`)
    }
    const stray = keys.find((key) => !ALLOWED[kind].includes(key))
    if (stray !== undefined) this._fail(`${stray} has no place in a step with ${kind}. Make it a step of its own.`)
    return kind
  }

  private _head({ status, headers }: Record<string, unknown>): void {
    if (this._firstByteAt !== -1) this._fail(`the head is out already, with step ${this._firstByteAt}. Move it before.`)
    if (!this._carrier.beforeHead && this._actions.length > 0) {
      this._fail(
        'a Response has its head from the start. Make this the first step, or wait before you make the Response.',
      )
    }
    if (status !== undefined) this._setStatus(status)
    if (headers !== undefined) this._setHeaders(headers)
    this._headAt = this._actions.length
  }

  private _setStatus(status: unknown): void {
    if (this._status !== undefined) this._fail(`a second status: step ${this._statusAt} says ${this._status} already.`)
    if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) {
      this._fail(`status must be an integer from 200 to 599, not ${shown(status)}.`)
    }
    this._status = status as number
    this._statusAt = this._index
  }

  private _setHeaders(headers: unknown): void {
    if (typeof headers !== 'object' || headers === null) this._fail('headers is an object of names and values.')
    for (const [name, value] of Object.entries(headers as Record<string, unknown>)) {
      if (value !== null && typeof value !== 'string')
        this._fail(`headers: ${name} must be a string, or null for none.`)
      try {
        new Headers().set(name, value ?? '')
      } catch (error) {
        this._fail(`headers: ${JSON.stringify(name)} is not a header that HTTP can carry.`, error)
      }
      this._headers.set(name.toLowerCase(), value)
    }
  }

  private _deliver(kind: 'bytes' | 'event', step: Record<string, unknown>): void {
    if (step['cutAfter'] === undefined && step['cut'] !== undefined) {
      this._fail(`cut has no place in a step with ${kind}, unless cutAfter says where.`)
    }
    for (const action of deliver(kind, step, this._fail)) this._body(action)
    if (step['cutAfter'] !== undefined) this._cut(step['cut'] ?? 'fin')
  }

  private _raw(bytes: Uint8Array): void {
    if (!this._carrier.raw) this._fail('raw needs a server over HTTP/1: nothing else has bytes outside its framing.')
    if (this._firstByteAt === -1 && this._headAt === -1) this._byHand = true
    this._body({ kind: 'raw', bytes })
  }

  private _wait(until: unknown): void {
    const waits = typeof until === 'function' || typeof (until as PromiseLike<unknown> | null)?.then === 'function'
    if (!waits) checkDelay(['wait', ', a promise or a function'], until, this._fail)
    // One that fails before the script gets there is no unhandled rejection: the step tells of it.
    else if (typeof until !== 'function') Promise.resolve(until).catch(() => {})
    this._actions.push({ kind: 'wait', until: until as WaitStep['wait'] })
  }

  private _redirect({ redirect, status = 307 }: Record<string, unknown>): void {
    if (typeof redirect !== 'string' && !(redirect instanceof URL))
      this._fail('redirect must be a URL, relative or not.')
    if (!REDIRECTS.includes(status)) this._fail(`status of a redirect must be one of ${REDIRECTS.join(', ')}.`)
    this._head({ status, headers: { location: String(redirect) } })
    this._body({ kind: 'end' })
    this._lastAt = this._index
  }

  private _cut(how: unknown): void {
    if (!CUTS.includes(how)) this._fail(`cut must be one of ${CUTS.join(', ')}.`)
    if (how === 'goaway' && !this._carrier.goaway)
      this._fail('cut "goaway" needs a server over HTTP/2. Take "fin" or "reset".')
    this._actions.push({ kind: 'cut', how: how as Cut })
    this._lastAt = this._index
  }

  /** An action that cannot come before the head. */
  private _body(action: Action): void {
    if (action.kind === 'write' && WITHOUT_BODY.includes(this._status ?? 200)) {
      this._fail(`an answer with status ${this._status} has no body.`)
    }
    if (this._firstByteAt === -1) {
      this._firstByteAt = this._index
      if (this._headAt === -1) this._headAt = this._actions.length
    }
    if (action.kind === 'end') this._lastAt = this._index
    this._actions.push(action)
  }

  /** Fewer bytes than promised, and an end: on a connection that stays open the reader would wait for the rest. */
  private _isTruncated(): boolean {
    const promised = this._headers.get('content-length')
    if (!promised || this._actions.at(-1)!.kind !== 'end' || WITHOUT_BODY.includes(this._status ?? 200)) return false
    let written = 0
    for (const action of this._actions) if ('bytes' in action) written += action.bytes.length
    return Number(promised) > written
  }

  private _allHeaders(): [string, string][] {
    const preset = {
      ...(this._carrier.cors && CORS_HEADERS),
      ...((this._status ?? 200) === 200 && EVENT_STREAM_HEADERS),
    }
    const all = new Map<string, string | null>([...Object.entries(preset), ...this._headers])
    return [...all].filter((entry): entry is [string, string] => entry[1] !== null)
  }

  private _withHead(): Action[] {
    // A stall or a cut before any byte, where no step gave a head: there is no answer at all.
    if (this._byHand || this._headAt === -1) return this._actions
    return [...this._actions.slice(0, this._headAt), { kind: 'head' }, ...this._actions.slice(this._headAt)]
  }
}
