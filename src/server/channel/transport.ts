import type { Entry, TransportMessage } from './entry.js'

/**
 * Why a reader cannot go on exactly where it stopped: the entries after its position are no longer
 * held (`expired`), its id was issued before a restart (`epoch`) or never (`unknown`), the transport
 * lost its place (`reset`), or it was too slow and skipped some (`slow`).
 */
export type GapReason = 'expired' | 'epoch' | 'unknown' | 'reset' | 'slow'

/** One step of a replay. */
export interface Page {
  /** In order. May be empty although the end is not reached, where all it covered is not for readers. */
  readonly entries: readonly Entry[]
  /** How far the page reaches: nothing up to and including this id is missing. `upTo` in the last page. */
  readonly position: string
}

/** How much of what was published a process holds for replays. */
export interface HistoryLimits {
  /** Events. */
  readonly size: number
  /** Milliseconds since publication. */
  readonly maxAge: number
  /** Bytes on the wire. */
  readonly maxBytes: number
  /** Events of one topic. Default: `size`. */
  readonly perTopic?: number | undefined
}

/** What a channel hears from its transport. No method throws; all may be called inside `publish`. */
export interface Subscriber {
  /**
   * The first call of all says where live delivery starts: entries after `position` follow. A later
   * call says that continuity was lost: entries between the last one delivered and `position` may be
   * missing, and every reader is told so. No position is before an earlier one, nor before an entry that was
   * delivered: a reader that is told of a gap would be given events again.
   */
  onReset(position: string): void
  /** The next entry, in the one order all processes see. Each entry once. */
  onEntry(entry: Entry): void
  /** Trouble that the transport deals with by itself, such as a lost connection that it opens again. */
  onError(error: unknown): void
  /**
   * The transport is over, for a reason that does not pass in this process: another one has taken its place, say.
   * All readers are let go, to come back to that one. Nothing may follow.
   */
  onEnd(error: unknown): void
}

/**
 * Where the events of one channel are put in order, kept and handed out. The channel does the rest:
 * readers, replays, fan-out. An id is an opaque string to the channel, fit for the `id` field of an
 * event; it names an event, or a place in the order where a reader can stand.
 *
 * A transport serves one channel, which subscribes once, before the first reader, and closes it.
 */
export interface Transport {
  /** Says what to hold. Called once, before all other methods. Left out by transports that need no telling. */
  prepare?(limits: HistoryLimits): void

  /**
   * Appends, and gives the id of the new entry. Order is that of the calls, within one process. The
   * entry reaches the channel only through its subscription, before or after the id is given.
   *
   * Rejects (or throws) where it is not certain that the entry was kept.
   */
  publish(message: TransportMessage): string | Promise<string>

  /**
   * Starts delivery, at once or as soon as the transport can: `subscriber.onReset` first, then each
   * entry. `limits` say what to hold in this process. Called once.
   */
  subscribe(subscriber: Subscriber, limits: HistoryLimits): void

  /**
   * `true` where every entry after `id` can still be had, else the reason. `id` comes from the reader
   * and may be any text of up to 256 characters. Never `true` in doubt: a reason costs a reset, a wrong
   * `true` loses events in silence.
   *
   * @param topics Those of the reader: only entries of one of them, and entries without a topic, have to be
   * there. `undefined`: all entries.
   */
  has(id: string, topics?: ReadonlySet<string>): true | GapReason | Promise<true | GapReason>

  /**
   * The entries after `after`, up to and including `upTo`, ephemeral ones left out: as many as make a
   * page of 32 to 64 KiB, the rest at the next call. `undefined` where an entry after `after` is gone by
   * now (trimmed between two pages, say), so that the reader is told and nothing is skipped.
   *
   * Both are ids for which `has` was `true`, or positions that the channel was given; `after` is
   * before `upTo`. Answers without a promise from what this process holds: that is what lets thousands
   * of readers come back at once. Rejects where the entries cannot be had for now; the reader is let
   * go, and comes back.
   *
   * @param topics As for `has`. Entries of other topics may be in the page, or be missing.
   */
  range(after: string, upTo: string, topics?: ReadonlySet<string>): Page | undefined | Promise<Page | undefined>

  /**
   * Below 0 where `a` is before `b`, 0 where they are the same place, else above 0. A reader that comes from
   * another process can be ahead of this one.
   *
   * NaN where either is a text that cannot be a place of this transport, or one so far ahead that it was forged.
   * A reader that asks with any other id that is not held, and after the present position, waits until the position
   * is past it: a gap is never told at a place before the one that the reader asked with.
   */
  compare(a: string, b: string): number

  /**
   * Stops delivery and releases what the transport opened itself; never what it was given. Resolves when
   * nothing is left. May be called more than once, and before `subscribe`.
   */
  close(): void | Promise<void>
}
