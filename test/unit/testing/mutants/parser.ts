import type { ParserAdapter } from '../../../../src/testing/suites/parser/parser-suite.js'

/** What a parser can get wrong, and the name of the case that must find it. */
export const PARSER_MUTANTS = {
  keepsBom: 'a leading byte order mark is dropped',
  dropsEveryBom: 'a byte order mark further on is text',
  losesBomSplitOverChunks: 'a byte order mark split over chunks is dropped',
  dropsTwoBoms: 'a second byte order mark is text',
  decodesEachChunkAlone: 'a code point may be split over chunks anywhere',
  failsOnIllFormedUtf8: 'ill-formed UTF-8 becomes U+FFFD',
  endsLinesAtLfOnly: 'CR ends a line',
  countsCrLfTwice: 'CRLF ends a line, once',
  swallowsCrAtChunkEnd: 'a CR ends its line at once',
  waitsAfterCr: 'a CR ends its line at once',
  countsSplitCrLfTwice: 'CRLF split over chunks ends a line, once',
  swallowsAllLfAfterCr: 'after CRLF split over chunks, the next LF is a line ending',
  forgetsCrAtEmptyChunk: 'an empty chunk between CR and LF changes nothing',
  endsLinesAtUnicodeSeparators: 'other line separators are text',
  looksAtLowBytesOnly: 'characters that hold the byte of LF or CR are text',
  keepsTheSpace: 'one space after the colon is dropped, no more',
  stripsAllSpaces: 'one space after the colon is dropped, no more',
  trimsValues: 'no other white space is dropped',
  splitsAtEveryColon: 'a value keeps its colons',
  ignoresLinesWithoutColon: 'a line without a colon is a field with an empty value',
  foldsCase: 'field names are case-sensitive',
  trimsNames: 'field names are not trimmed',
  takesAnyNameAsData: 'field names are not trimmed',
  dispatchesComments: 'comments are ignored',
  keepsLastDataLineOnly: 'data lines are joined with LF',
  joinsDataWithNothing: 'data lines are joined with LF',
  keepsLastLf: 'one LF is dropped at the end of the data, no more',
  trimsDataEnd: 'one LF is dropped at the end of the data, no more',
  losesLeadingEmptyLines: 'leading empty data lines stay',
  ignoresEmptyData: 'an empty data field dispatches an event with empty data',
  dispatchesWithoutData: 'a block without data dispatches nothing',
  leaksData: 'data does not leak into the next block',
  cutsDataAtNul: 'data keeps every other character',
  readsJson: 'data is text',
  cutsLongLines: 'a line may be long',
  ignoresType: 'the event field sets the type',
  leaksType: 'the type does not leak into the next block',
  leaksTypeWithoutData: 'the type of a block without data does not leak',
  ignoresEmptyType: 'an empty event field resets the type',
  keepsFirstType: 'the last event field of a block counts',
  losesPrototypeTypes: 'a type may be any text',
  ignoresId: 'the id field sets the last event ID',
  forgetsIdAfterEvent: 'the last event ID persists',
  ignoresEmptyId: 'an empty id field resets the last event ID',
  commitsIdWithDataOnly: 'an id without data takes effect',
  acceptsNulInId: 'an id that holds NUL is ignored',
  makesIdANumber: 'an id is text',
  ignoresRetry: 'retry sets the reconnection time',
  takesRetryLoosely: 'a retry that is not all ASCII digits is ignored',
  takesEmptyRetry: 'an empty retry is ignored',
  dispatchesUnfinishedBlock: 'an unfinished block at the end is dropped',
  dispatchesUnfinishedLine: 'an unfinished line at the end is dropped',
  dispatchesOnNextBlock: 'an event comes as soon as its blank line ends',
  losesShortChunks: 'every stream means the same, one piece at a time',
}

/** The faults of an otherwise honest parser. */
export type ParserFaults = Partial<Record<keyof typeof PARSER_MUTANTS, boolean>>

/** A small parser, slow and honest but for its faults. */
export function faultyParser(faults: ParserFaults): ParserAdapter {
  return ({ onEvent, onRetry }) => {
    const decoder = new TextDecoder('utf-8', {
      ignoreBOM: !faults.dropsTwoBoms,
      fatal: faults.failsOnIllFormedUtf8 ?? false,
    })
    let started = false
    let afterCr = false
    let line = ''
    let data: string[] = []
    let type = ''
    let id = ''
    let newId: string | undefined
    let held: (() => void) | undefined
    let seen = 0

    const dispatch = (): void => {
      const noData = data.length === 0 || (faults.ignoresEmptyData && data.join('') === '')
      if (newId !== undefined && !(faults.commitsIdWithDataOnly && noData)) id = newId
      newId = undefined
      if (noData && !(faults.dispatchesWithoutData && type !== '')) {
        if (!faults.leaksTypeWithoutData) type = ''
        data = []
        return
      }
      if (faults.losesLeadingEmptyLines) while (data.length > 1 && data[0] === '') data.shift()
      let text = faults.keepsLastDataLineOnly ? data.at(-1)! : data.join(faults.joinsDataWithNothing ? '' : '\n')
      if (faults.keepsLastLf) text += '\n'
      if (faults.trimsDataEnd) text = text.replace(/\n+$/, '')
      if (faults.cutsDataAtNul) text = text.split('\0')[0]!
      if (faults.readsJson) text = fromJson(text)
      const known = faults.losesPrototypeTypes && type in {} ? '' : type
      const event = { event: faults.ignoresType ? 'message' : known || 'message', data: text, id }
      if (faults.makesIdANumber && Number.isFinite(Number(id)) && id !== '') event.id = String(Number(id))
      if (faults.forgetsIdAfterEvent) id = ''
      if (!faults.leaksData) data = []
      if (!faults.leaksType) type = ''
      if (faults.dispatchesOnNextBlock) {
        held?.()
        held = () => onEvent(event)
      } else onEvent(event)
    }

    const field = (name: string, value: string): void => {
      if (faults.foldsCase) name = name.toLowerCase()
      if (faults.trimsNames) name = name.trim()
      if (name === 'data' || (faults.takesAnyNameAsData && name.startsWith('dat'))) data.push(value)
      else if (name === 'event') {
        if (faults.ignoresEmptyType && value === '') return
        if (faults.keepsFirstType && type !== '') return
        type = value
      } else if (name === 'id') {
        if (faults.ignoresId || (faults.ignoresEmptyId && value === '')) return
        if (faults.acceptsNulInId || !value.includes('\0')) newId = value
      } else if (name === 'retry') {
        if (faults.ignoresRetry) return
        if (faults.takesRetryLoosely && !Number.isNaN(Number.parseInt(value, 10))) onRetry(Number.parseInt(value, 10))
        else if (/^[0-9]+$/.test(value)) onRetry(Number(value))
        else if (faults.takesEmptyRetry && value === '') onRetry(0)
      }
    }

    const endLine = (): void => {
      const whole = line
      line = ''
      if (whole === '') return dispatch()
      const colon = whole.indexOf(':')
      if (colon === 0) {
        if (faults.dispatchesComments) onEvent({ event: 'message', data: whole.slice(1), id })
        return
      }
      if (colon === -1) return faults.ignoresLinesWithoutColon ? undefined : field(whole, '')
      let value = faults.splitsAtEveryColon ? whole.split(':')[1]! : whole.slice(colon + 1)
      if (faults.stripsAllSpaces) value = value.replace(/^ +/, '')
      else if (faults.trimsValues) value = value.trim()
      else if (!faults.keepsTheSpace && value.startsWith(' ')) value = value.slice(1)
      field(whole.slice(0, colon), value)
    }

    const character = (unit: string): void => {
      const followsCr = afterCr
      afterCr = false
      const low = faults.looksAtLowBytesOnly ? String.fromCharCode(unit.charCodeAt(0) & 0xff) : unit
      if (low === '\r' && !faults.endsLinesAtLfOnly) {
        afterCr = true
        if (!faults.waitsAfterCr) endLine()
      } else if (low === '\n') {
        if (followsCr && faults.waitsAfterCr) endLine()
        else if (!followsCr || faults.countsCrLfTwice) endLine()
        if (followsCr && faults.swallowsAllLfAfterCr) afterCr = true
      } else {
        if (followsCr && faults.waitsAfterCr) endLine()
        if (faults.endsLinesAtUnicodeSeparators && /[\u0085\u2028\u2029]/.test(unit)) endLine()
        else if (!faults.cutsLongLines || line.length < 65_536) line += unit
      }
    }

    const take = (text: string): void => {
      if (!started && text !== '') {
        started = true
        const drop = faults.losesBomSplitOverChunks ? seen === 1 : !faults.keepsBom
        if (drop && text.startsWith('\uFEFF')) text = text.slice(1)
      }
      if (faults.dropsEveryBom) text = text.replaceAll('\uFEFF', '')
      if (faults.waitsAfterCr && afterCr && text !== '' && text[0] === '\r') {
        endLine()
        afterCr = false
      }
      const units = [...text].flatMap((point) => point.split(''))
      if (faults.swallowsCrAtChunkEnd && units.at(-1) === '\r') units.pop()
      for (const [at, unit] of units.entries()) {
        if (faults.waitsAfterCr && unit === '\r' && units[at - 1] === '\r') endLine()
        character(unit)
      }
      if (faults.countsSplitCrLfTwice) afterCr = false
    }

    return {
      feed: (chunk) => {
        if (faults.losesShortChunks && chunk.length < 3) return
        if (faults.forgetsCrAtEmptyChunk && chunk.length === 0) afterCr = false
        seen++
        if (faults.decodesEachChunkAlone) take(new TextDecoder('utf-8', { ignoreBOM: true }).decode(chunk))
        else take(decoder.decode(chunk, { stream: true }))
      },
      end: () => {
        if (faults.waitsAfterCr && afterCr) endLine()
        const inLine = line !== ''
        if (faults.dispatchesUnfinishedLine && inLine) endLine()
        if (faults.dispatchesUnfinishedLine && inLine) dispatch()
        else if (faults.dispatchesUnfinishedBlock && line === '') dispatch()
        held?.()
      },
    }
  }
}

function fromJson(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}
