import { Ring } from './ring.js'

const LINES_KEPT = 5000
const LONGEST_LINE = 2000

export interface WireLine {
  readonly text: string
  /** What ended it, as programs write it; `✂` where the connection was lost inside it. */
  readonly end: string
  /** Not of the stream: a request and its answer, or the loss of a connection. */
  readonly note?: 'asked' | 'lost'
}

/** The wire as lines, with what ended each made visible. */
export class WireLines {
  readonly lines = new Ring<WireLine>(LINES_KEPT)
  private _decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  private _rest = ''

  feed(bytes: Uint8Array): void {
    this._rest += this._decoder.decode(bytes, { stream: true })
    const pieces = this._rest.split(/(\r\n|\n|\r(?=[^\n]))/)
    for (let at = 0; at + 1 < pieces.length; at += 2) {
      this.lines.push({ text: shortened(pieces[at]!), end: END[pieces[at + 1]!] ?? '' })
    }
    this._rest = pieces.at(-1)!.slice(-LONGEST_LINE)
  }

  note(text: string): void {
    this.lines.push({ text: shortened(text), end: '', note: 'asked' })
  }

  /** What the connection left behind when it was lost. */
  cut(note: string): void {
    if (this._rest !== '') this.lines.push({ text: shortened(this._rest), end: ' ✂' })
    this.lines.push({ text: note, end: '', note: 'lost' })
    this._rest = ''
    this._decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  }
}

const END: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\r\n': '\\r\\n' }
const shortened = (line: string): string => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line)
