import type { ServerSentEvent } from '../../../src/wire/types.js'

/** What was published, for all readers. */
export interface Publication {
  /** Its place in the one order of all events, from 1; 0 until it has one. */
  order: number
  readonly topic: string | undefined
  readonly owner: number | undefined
  readonly key: string | undefined
  readonly ephemeral: boolean
  /** Gone with the copy of the stream that had it: nobody is owed it any more. */
  isVoid: boolean
}

export const GAP_EVENT = 'gap'
export const STATE_EVENT = 'state'

/** All that was published, in order. */
export class Ledger {
  readonly publications: Publication[] = []
  readonly inOrder: Publication[] = []
  /** The place of a position that may be that of no event. */
  orderOf: (id: string) => number = () => 0

  place(publication: Publication): void {
    publication.order = this.inOrder.push(publication)
  }
}

/**
 * Judges what one client sees: every event that is for it once and in order, or a gap event that covers
 * what is missing. Throws at the first thing that is wrong.
 */
export class Judge {
  readonly #ledger: Ledger
  readonly #mayHave: (publication: Publication) => boolean
  readonly #conflates: boolean
  readonly #gaps: ReadonlySet<string>
  /** All up to here was received or declared missing; `undefined` for a client without a position. */
  #covered: number | undefined
  #claimed: string | undefined
  /** Events skipped for a newer one with the same key, which has yet to come. */
  readonly #owed = new Map<string, number>()
  received = 0
  gaps = 0
  /** Where a connection without a position may begin at the earliest. */
  floor = 0

  constructor(
    ledger: Ledger,
    mayHave: (publication: Publication) => boolean,
    conflates: boolean,
    gaps: ReadonlySet<string>,
  ) {
    this.#ledger = ledger
    this.#mayHave = mayHave
    this.#conflates = conflates
    this.#gaps = gaps
  }

  onId(id: string): void {
    this.onPause()
    this.#claimed = id
  }

  /** No event followed the last id: it was a position alone. */
  onPause(): void {
    const id = this.#claimed
    this.#claimed = undefined
    if (id === undefined) return
    if (id === '') {
      this.#covered = undefined
      return
    }
    const order = this.#ledger.orderOf(id)
    if (this.#covered !== undefined) this.#advance(order, order)
    else this.#must(order >= this.floor, `a beginning at ${order}, before it came at ${this.floor}`)
    this.#must(order <= this.#ledger.inOrder.length, `position ${order}, which is yet to come`)
    this.#covered = order
  }

  onEvent({ event, data, id }: ServerSentEvent): void {
    const claimed = this.#claimed
    this.#claimed = undefined
    const value = JSON.parse(data) as { n?: number; reason?: string; isLast?: boolean }
    if (event === STATE_EVENT) {
      this.#must((id !== '') === value.isLast, 'a position within a snapshot, or none at its end')
      if (claimed !== undefined) this.#claimed = claimed
      return this.onPause()
    }
    this.#must(claimed !== undefined, 'an event without an id')
    const order = this.#ledger.orderOf(claimed!)
    if (event === GAP_EVENT) {
      this.gaps++
      this.#must(this.#gaps.has(value.reason!), `a gap that nothing explains: ${data}`)
      this.#covered = order
      this.#owed.clear()
      return
    }
    const publication = this.#ledger.publications[value.n!]!
    this.#must(publication.order === order, `event ${value.n} under the id of another`)
    this.#must(this.#mayHave(publication), `event ${value.n}, which it may not have`)
    this.#must(this.#covered !== undefined, 'an event before it had a position')
    this.#must(order > this.#covered!, `event ${value.n} again, or out of order`)
    this.#advance(order - 1, order)
    this.#covered = order
    const key = scopeOf(publication)
    if ((this.#owed.get(key) ?? order) < order) this.#owed.delete(key)
    this.received++
  }

  /** Nothing more is to come. */
  onEnd(): void {
    this.#must(this.#covered !== undefined, 'no position in the end')
    this.#advance(this.#ledger.inOrder.length, Infinity)
    this.#must(this.#owed.size === 0, 'not the newest event of a key')
  }

  #advance(to: number, position: number): void {
    const covered = this.#covered!
    this.#must(position >= covered, `position ${position} after ${covered}`)
    for (let at = covered; at < to; at++) {
      const publication = this.#ledger.inOrder[at]!
      const { order, key, ephemeral, isVoid } = publication
      if (ephemeral || isVoid || !this.#mayHave(publication)) continue
      this.#must(this.#conflates && key !== undefined, `all up to ${position}, but not ${order}`)
      this.#owed.set(scopeOf(publication), order)
    }
  }

  #must(condition: boolean, what: string): void {
    if (!condition) throw new Error(`The client was sent ${what}.`)
  }
}

/** A key counts within its topic. */
function scopeOf({ topic, key }: Publication): string {
  return `${topic}/${key}`
}
