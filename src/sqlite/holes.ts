import type { Statement } from './database.js'
import { FLOOR } from './schema.js'

/** Holes that are remembered one by one; of older ones, all before them counts as lost. */
const MOST_HOLES = 100

/** A start leaves a hole in the sequences. Lets the oldest go, where there are many. */
export function forgetHoles({ readHoles, readLosses, removeHole, writeLoss }: Record<string, Statement>): void {
  const holes = readHoles!.all<{ seq: number; next: number }>()
  const old = holes.slice(0, Math.max(0, holes.length - MOST_HOLES))
  if (old.length === 0) return
  for (const { seq } of old) removeHole!.run(Number(seq))
  const floor = readLosses!.all<{ name: string; seq: number }>().find(({ name }) => name === FLOOR)
  writeLoss!.run(FLOOR, Math.max(Number(floor?.seq ?? 0), Number(old.at(-1)!.next)))
}
