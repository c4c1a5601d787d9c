import { Ring } from './ring.js'

export type Phase = 'connecting' | 'open' | 'waiting' | 'closed'

export interface Segment {
  readonly phase: Phase
  readonly from: number
}

export interface Row {
  readonly event: string
  readonly id: string
  readonly data: string
  /** No event, but what happened between two. */
  readonly isNote?: boolean
}

/** How a reader found its place again, as far as it has come. */
export interface Resume {
  /** The event that it had last; empty if it had none. */
  readonly after: string
  readonly why: string
  /** It was let in again. */
  isOpen: boolean
  /** What came first. */
  first?: Row
}

const SEGMENTS_KEPT = 500
const IDS_KEPT = 5000
const ROWS_KEPT = 5000

/** What one reader of the stream has been through. Written by the reader alone; the page looks at it now and then. */
export class ReaderModel {
  readonly name: string
  phase: Phase = 'closed'
  why = ''
  attempts = 0
  connections = 0
  lastEventId = ''
  /** What the latest attempt asked with. */
  resumedFrom = ''
  received = 0
  repeated = 0
  gaps = 0
  /** Known only where events are numbered. */
  lost: number | undefined
  /** The latest break. */
  resume: Resume | undefined
  /** When it was opened, or an event came. */
  heardAt = 0
  readonly segments: Segment[] = []
  readonly rows = new Ring<Row>(ROWS_KEPT)
  private readonly _ids = new Set<string>()
  private _number: number | undefined
  private readonly _tell: (text: string) => void

  constructor(name: string, tell: (text: string) => void) {
    this.name = name
    this._tell = (text) => tell(`${name}: ${text}`)
  }

  enter(phase: Phase, why = ''): void {
    if (phase === this.phase) return
    // One that is closed does not come back.
    if (this.phase === 'open' && phase !== 'closed') this.resume = { after: this.lastEventId, why, isOpen: false }
    this.phase = phase
    this.why = why
    if (phase === 'connecting') this.attempts++
    this.segments.push({ phase, from: Date.now() })
    if (this.segments.length > SEGMENTS_KEPT) this.segments.shift()
    if (phase === 'open') {
      this.connections++
      this.heardAt = Date.now()
      if (this.resume) this.resume.isOpen = true
      if (this.lastEventId !== '')
        this.rows.push({ event: `resumed after ${this.lastEventId}`, id: '', data: '', isNote: true })
      this.resumedFrom = this.lastEventId
      const from = this.lastEventId === '' ? 'from now on' : `after event ${this.lastEventId}, which it had last`
      this._tell(`open, ${from}`)
    } else if (phase !== 'connecting') this._tell(why === '' ? phase : `${phase}: ${why}`)
  }

  take(row: Row): void {
    this.received++
    this.heardAt = Date.now()
    if (this.resume?.isOpen) this.resume.first ??= row
    this.rows.push(row)
    this.lastEventId = row.id
    if (row.event === 'reset') {
      this.gaps++
      this._tell(`told of a gap: ${row.data}`)
      return
    }
    const number = row.data.startsWith('{') ? numberIn(row.data) : undefined
    if (number !== undefined) return this._count(number)
    if (row.id === '') return
    if (this._ids.has(row.id)) this.repeated++
    this._ids.add(row.id)
    if (this._ids.size > IDS_KEPT) this._ids.delete(this._ids.values().next().value!)
  }

  forget(): void {
    this.lastEventId = ''
    this._number = undefined
    this._ids.clear()
    this.rows.clear()
    this.received = this.repeated = this.gaps = this.attempts = this.connections = 0
    this.lost = undefined
    this.resume = undefined
  }

  private _count(number: number): void {
    this.lost ??= 0
    if (this._number !== undefined && number <= this._number) {
      this.repeated++
      return
    }
    if (this._number !== undefined && number > this._number + 1) {
      this.lost += number - this._number - 1
      this._tell(`events ${this._number + 1} to ${number - 1} are missing`)
    }
    this._number = number
  }
}

function numberIn(data: string): number | undefined {
  try {
    const { number } = JSON.parse(data) as { number?: unknown }
    return typeof number === 'number' ? number : undefined
  } catch {
    return undefined
  }
}
