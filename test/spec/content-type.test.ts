import { expect, it } from 'vitest'
import { isEventStreamType } from '../../src/wire/content-type.js'

it.each([
  'text/event-stream',
  'TEXT/Event-Stream',
  'text/event-stream; charset=utf-8',
  'text/event-stream;charset=UTF-8',
  'text/event-stream; charset="utf-8"',
  'text/event-stream ; charset=iso-8859-1',
  'text/event-stream;',
  'text/event-stream; foo=bar; charset=windows-1252',
  ' text/event-stream ',
  '\ttext/event-stream\t;x',
  'text/html, text/event-stream',
  'text/html;a="b,c",text/event-stream;d="e"',
])('%j is an event stream', (contentType) => {
  expect(isEventStreamType(contentType)).toBe(true)
})

it.each([
  '',
  ';',
  'text/html',
  'text/plain; charset=utf-8',
  'application/json',
  'text/event-stream2',
  'text/event-streams; charset=utf-8',
  'xtext/event-stream',
  'text / event-stream',
  'text/event stream',
  'application/text/event-stream',
  'text/html; type=text/event-stream',
  'text/event-stream, text/html',
  'text/html; a=",text/event-stream"',
  'text/event-stream\u00a0',
  '\u00a0text/event-stream',
  null,
  undefined,
])('%j is none', (contentType) => {
  expect(isEventStreamType(contentType)).toBe(false)
})
