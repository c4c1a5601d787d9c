import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** What all connections of a load add up to. Histograms take microseconds, and their size does not grow. */
export class Tally {
  open = 0
  openedInAll = 0
  events = 0
  bytes = 0
  readonly errors = new Map<string, number>()
  private readonly _opening = createHistogram()
  private readonly _first = createHistogram()
  private readonly _delivery = createHistogram()

  opened(ms: number): void {
    this.open++
    this.openedInAll++
    record(this._opening, ms)
  }

  firstEvent(ms: number): void {
    record(this._first, ms)
  }

  /** `sentAt`: milliseconds since the epoch, by the clock of the sender. */
  event(sentAt: number | undefined): void {
    this.events++
    if (sentAt !== undefined) record(this._delivery, Date.now() - sentAt)
  }

  failed(reason: string): void {
    this.errors.set(reason, (this.errors.get(reason) ?? 0) + 1)
  }

  get failures(): number {
    return [...this.errors.values()].reduce((sum, each) => sum + each, 0)
  }

  /** Percentiles in milliseconds, of what was measured at all. */
  latencies(): Record<string, Percentiles> {
    const all = { open: this._opening, 'first event': this._first, delivery: this._delivery }
    return Object.fromEntries(
      Object.entries(all)
        .filter(([, histogram]) => histogram.count > 0)
        .map(([name, histogram]) => [name, percentilesOf(histogram)]),
    )
  }
}

export interface Percentiles {
  count: number
  p50: number
  p90: number
  p99: number
  max: number
}

function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * 1000)))
}

function percentilesOf(histogram: RecordableHistogram): Percentiles {
  const at = (percent: number): number => Math.round(histogram.percentile(percent) / 10) / 100
  return { count: histogram.count, p50: at(50), p90: at(90), p99: at(99), max: Math.round(histogram.max / 10) / 100 }
}
