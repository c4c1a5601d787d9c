import type { ConnectError } from '../errors/connect-error.js'
import { MAX_DELAY } from '../wire/constants.js'
import { clampHint } from './backoff.js'
import type { Decision, Engine, Work } from './engine-types.js'
import { isFutile } from './futile.js'
import { lastEventIdHeader } from './last-event-id-header.js'
import type { ConnectSettings } from './options.js'
import { readRefusal } from './refusal.js'
import { retryPolicy } from './retry-policy.js'
import type { Attempt, ConnectOptions } from './types.js'

/** Milliseconds that the body of a refusal may take. */
const MOST_TIME = 1000

/** An attempt that is over. */
export interface Ended {
  /** Without one the body came to its end. */
  error: ConnectError | undefined
  attempt: Attempt
  /** What the backoff has for the next one, in milliseconds. */
  delay: number
}

interface VerdictBase {
  readonly options: Pick<ConnectOptions, 'retryIf'>
  /** Where the stream stands. */
  position(): string
}

/** Decides what follows an attempt: by `retryIf`, by what the server asks for, by the policy. */
export class Verdict {
  /** The earliest time of the next attempt, where somebody named one. */
  _notBefore = 0
  /** That of the options, or of the first request where a function gives it. */
  private _method: string
  /** That of the latest request, which may be another one. */
  private _usedMethod: string
  private readonly _settings: ConnectSettings
  private readonly _retryIf: ConnectOptions['retryIf']
  private readonly _engine: Engine
  private readonly _position: () => string
  /** The milliseconds that the body of the refusal took: they count towards the delay. */
  private _spent = 0

  constructor(engine: Engine, settings: ConnectSettings, { options, position }: VerdictBase) {
    this._engine = engine
    this._settings = settings
    this._method = this._usedMethod = settings.method
    this._retryIf = options.retryIf?.bind(options)
    this._position = position
  }

  /** Takes the method of a request that is about to be made. */
  _use(method: string): void {
    this._usedMethod = method.toUpperCase()
    this._method ||= this._usedMethod
  }

  /** Reads a refusal. */
  async _read(error: ConnectError, work: Work): Promise<void> {
    const since = performance.now()
    await readRefusal(error, MOST_TIME, work)
    this._spent = performance.now() - since
  }

  _setTimer(run: () => void, ms: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(run, Math.max(0, ms - this._spent))
    this._spent = 0
    if (this._settings.keepAlive === false) (timer as { unref?(): void }).unref?.()
    return timer
  }

  async _decide({ error, attempt, delay }: Ended): Promise<Decision> {
    const isNoContent = error?.status === 204 && error.kind === 'http'
    let answer: unknown
    if (error && this._retryIf && !isNoContent) {
      const { decision } = this._engine
      try {
        answer = checked(await this._retryIf(error, attempt))
      } catch (cause) {
        const failure = this._engine.failure('hook', 'retryIf threw', { cause })
        if (decision === this._engine.decision) this._engine.finish('failed', failure)
        return 'failed'
      }
    }
    if (typeof answer === 'number') {
      const ms = Math.min(answer, MAX_DELAY)
      this._spent = 0
      this._notBefore = performance.now() + ms
      return ms
    }
    const isLost = error?.kind === 'network' && !error.response
    const next = answer ?? (isLost && isFutile(error, attempt.signal) ? false : this._policy(error))
    if (next !== true) return isNoContent ? 'no-content' : next === 'end' ? 'end' : 'failed'
    const { retryHint } = this._settings
    const asked = retryHint && error?.retryAfter !== undefined ? clampHint(error.retryAfter, retryHint) : 0
    this._notBefore = asked && performance.now() + asked - this._spent
    return Math.max(asked, delay)
  }

  /** What follows where nobody says otherwise. */
  _policy(error: ConnectError | undefined): boolean | 'end' {
    const { resume, askMethod, isResumeGiven, isOnce } = this._settings
    const id = this._position()
    const isCarried = resume !== 'header' || lastEventIdHeader(id) !== undefined
    const isResumable = !!id && isResumeGiven && isCarried
    // Only another request can go on.
    const isAnother = isResumable && (typeof resume === 'function' || askMethod)
    const mode = isOnce && !isAnother ? 'never' : this._settings.mode
    return retryPolicy({ mode, method: this._method, usedMethod: this._usedMethod, error, isResumable })
  }
}

/** What `retryIf` gave. */
function checked(answer: unknown): unknown {
  const isRight = typeof answer === 'number' ? answer >= 0 : [undefined, true, false, 'end'].includes(answer as never)
  if (isRight) return answer
  throw new TypeError(`it gave ${String(answer)}, not a boolean, a delay, 'end' or undefined`)
}
