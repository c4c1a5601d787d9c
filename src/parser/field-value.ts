/** An enum of this file, so that the built code has numbers where it looks at each line. */
const enum Unit {
  Space = 0x20,
  Colon = 0x3a,
  A = 0x61,
  D = 0x64,
  E = 0x65,
  I = 0x69,
  N = 0x6e,
  R = 0x72,
  T = 0x74,
  V = 0x76,
}

// Each tells where the value of its field starts in the line from `at` to `end` that begins with `unit`;
// 0 for a line of another name. Unit by unit, which costs less than half of `startsWith`.

export function dataValue(text: string, unit: number, at: number, end: number): number {
  return unit === Unit.D &&
    text.charCodeAt(at + 1) === Unit.A &&
    text.charCodeAt(at + 2) === Unit.T &&
    text.charCodeAt(at + 3) === Unit.A
    ? valueAt(text, at + 4, end)
    : 0
}

export function eventValue(text: string, unit: number, at: number, end: number): number {
  return unit === Unit.E &&
    text.charCodeAt(at + 1) === Unit.V &&
    text.charCodeAt(at + 2) === Unit.E &&
    text.charCodeAt(at + 3) === Unit.N &&
    text.charCodeAt(at + 4) === Unit.T
    ? valueAt(text, at + 5, end)
    : 0
}

export function idValue(text: string, unit: number, at: number, end: number): number {
  return unit === Unit.I && text.charCodeAt(at + 1) === Unit.D ? valueAt(text, at + 2, end) : 0
}

export function retryValue(text: string, unit: number, at: number, end: number): number {
  return unit === Unit.R && text.startsWith('retry', at) ? valueAt(text, at + 5, end) : 0
}

/** The name ends at `at`, if this is the end of the line or a colon. */
function valueAt(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) === Unit.Colon) return text.charCodeAt(at + 1) === Unit.Space ? at + 2 : at + 1
  return at === end ? at : 0
}
