import { TextPile, detach } from './text-pile.js'

/** What is known between two texts of the block in work. */
export class UnfinishedBlock {
  /** Whether there is anything of it here. */
  isOpen = false
  type = ''
  /** The id that takes effect at the blank line. */
  id: string | undefined
  data: TextPile | undefined
  /** Code units of all its field values. */
  size = 0
}

/** Keeps what a text of `textLength` brought of a block: the data of so many lines, of which several end with a line feed. */
export function saveBlock(
  block: UnfinishedBlock,
  type: string,
  id: string | undefined,
  size: number,
  data: string | undefined,
  lines: number,
  textLength: number,
): void {
  block.isOpen = true
  block.type = type && detach(type, textLength)
  block.id = id && detach(id, textLength)
  block.size = size
  if (data === undefined) return
  // A slice of pieces tied together is one of a copy, which takes much less memory.
  const piece = lines > 1 ? data.slice(0, -1) : detach(data, textLength)
  if (block.data) block.data.push(piece)
  else block.data = new TextPile(piece, '\n')
}

/** Gives back the data of a whole block, `data` being the end of it. */
export function wholeData(pile: TextPile | undefined, data?: string): string | undefined {
  if (data !== undefined) pile?.push(data)
  return pile ? pile.join() : data
}
