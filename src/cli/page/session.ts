import { ReaderModel } from './reader-model.js'
import { runBrowsers, runOurs, SLOW_MS, type RunningReader } from './readers.js'
import { Ring } from './ring.js'
import type { Mark } from './timeline.js'
import { WireLines } from './wire-lines.js'

export interface Config {
  readonly url: string
  readonly name: string
  readonly method: string
  /** What can be done to the server. */
  readonly can: readonly ('restart' | 'trim' | 'setRate')[]
  readonly rate?: number
  readonly score?: Readonly<Record<string, number>>
}

const SCORE_MS = 1000
/** Heartbeats and events come more often. */
const SILENT_MS = 2500

/** Everything that goes on in the page. There is one; it owns both readers, and `stop` ends them. */
export class Session {
  readonly log = new Ring<{ at: number; text: string }>(200)
  readonly wire = new WireLines()
  readonly marks: Mark[] = []
  readonly ours = new ReaderModel('eventwire', (text) => this.tell(text))
  readonly browsers = new ReaderModel("the browser's EventSource", (text) => this.tell(text))
  readonly models = [this.ours, this.browsers]
  config: Config | undefined
  problem = ''
  isStalled = false
  private _reader: RunningReader | undefined
  private _other: ReturnType<typeof runBrowsers> | undefined
  private _scores: ReturnType<typeof setInterval> | undefined

  get isSlow(): boolean {
    return this._reader?.slow === true
  }

  get isRunning(): boolean {
    return this._reader !== undefined
  }

  tell(text: string): void {
    this.log.push({ at: Date.now(), text })
    if (text.startsWith('eventwire: waiting') || text.startsWith('eventwire: closed')) this.wire.cut('connection lost')
  }

  async start(): Promise<void> {
    const response = await fetch('config').catch(() => undefined)
    if (!response?.ok) {
      this.problem = 'The command that serves this page has ended.'
      return
    }
    this.config = (await response.json()) as Config
    // New readers know nothing of what the ones before them had.
    for (const model of this.models) model.forget()
    const { method, score } = this.config
    if (score) this._scores ??= setInterval(() => void this._askScore(), SCORE_MS)
    const url = new URL('stream', location.href).href
    this._reader = runOurs(this.ours, {
      url,
      method,
      onBytes: (bytes) => this.wire.feed(bytes),
      onTalk: (text) => this.wire.note(text),
      onType: (type) => this._other?.hear(type),
    })
    // It can only GET: a request with another method would be repeated at each reconnect.
    if (method === 'GET') this._other = runBrowsers(this.browsers, url)
    else this.browsers.why = `it cannot send a ${method}.`
  }

  stop(): void {
    clearInterval(this._scores)
    this._scores = undefined
    this._reader?.close()
    this._other?.close()
    this._reader = this._other = undefined
  }

  /** What a reader is going through that its state does not tell. */
  hintOf(model: ReaderModel): string {
    const silence = Date.now() - model.heardAt
    if (model === this.ours && this.isSlow) {
      const behind = Number(this.browsers.lastEventId) - Number(model.lastEventId)
      const distance = behind > 0 ? `, ${behind} events behind the other` : ''
      return `slow: takes an event every ${SLOW_MS} ms${distance}`
    }
    if (model.phase === 'open' && silence > SILENT_MS)
      return `silent for ${Math.floor(silence / 1000)} s: open, but nothing comes`
    return model.phase === 'open' ? 'hears events as they come' : model.why
  }

  toggleSlow(): void {
    if (!this._reader) return
    this._reader.slow = !this._reader.slow
    this.tell(this._reader.slow ? 'you: the reader takes an event every 150 ms' : 'you: the reader is fast again')
  }

  private async _askScore(): Promise<void> {
    const answer = await fetch('config').catch(() => undefined)
    if (answer?.ok) this.config = (await answer.json()) as Config
  }

  async order(action: string, label: string, more: object = {}): Promise<void> {
    this.marks.push({ at: Date.now(), label })
    if (this.marks.length > 100) this.marks.shift()
    this.tell(`you: ${label}`)
    const body = JSON.stringify({ action, ...more })
    const response = await fetch('control', { method: 'POST', body }).catch(() => undefined)
    const answer = response && ((await response.json()) as Config & { error?: string })
    this.problem = answer ? (answer.error ?? '') : 'The command that serves this page has ended.'
    if (answer && !answer.error) this.config = answer
  }

  async aim(target: object): Promise<void> {
    await this.order('target', 'another address', { target })
    if (this.problem !== '') return
    this.stop()
    await this.start()
  }
}
