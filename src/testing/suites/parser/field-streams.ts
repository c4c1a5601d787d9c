import { SECTION } from '../sections.js'
import type { StreamGroup } from './stream-case.js'

export const FIELDS: StreamGroup = [
  SECTION.interpretation,
  [
    {
      name: 'one space after the colon is dropped, no more',
      rule: 'If value starts with a U+0020 SPACE character, remove it from value.',
      chunks: ['data:a\n\ndata: b\n\ndata:  c\n\ndata: \n\n'],
      events: [['a'], ['b'], [' c'], ['']],
    },
    {
      name: 'no other white space is dropped',
      rule: 'Only one leading space is removed: no tab, and nothing at the end.',
      chunks: ['data:\ta \t\n\ndata:\u00A0b\n\n'],
      events: [['\ta \t'], ['\u00A0b']],
    },
    {
      name: 'a value keeps its colons',
      rule: 'The first colon ends the field name.',
      chunks: ['data: a: b:c\n\ndata::\n\n'],
      events: [['a: b:c'], [':']],
    },
    {
      name: 'a line without a colon is a field with an empty value',
      rule: 'Otherwise: process the field using the whole line as the field name, and the empty string as the field value.',
      chunks: ['data\n\ndata\ndata\n\n'],
      events: [[''], ['\n']],
    },
    {
      name: 'field names are case-sensitive',
      rule: 'Field names must be compared literally, with no case folding performed.',
      chunks: ['Data: a\nDATA: b\n\ndata: c\nID: 1\nEvent: x\n\n'],
      events: [['c']],
    },
    {
      name: 'field names are not trimmed',
      rule: 'Field names must be compared literally.',
      chunks: [' data: a\ndata : b\ndatas: c\ndat: d\n\ndata: e\n\n'],
      events: [['e']],
    },
    {
      name: 'unknown fields are ignored',
      rule: 'Otherwise: the field is ignored.',
      chunks: ['foo: x\n{"a":1}\n__proto__: y\ndata: a\nfoo\n\n'],
      events: [['a']],
    },
    {
      name: 'comments are ignored',
      rule: 'If the line starts with a colon: ignore the line.',
      chunks: [': hi\n\n:\n\n:data: x\n\ndata: a\n: between\n:data: y\ndata: b\n\n'],
      events: [['a\nb']],
    },
  ],
]

export const DATA: StreamGroup = [
  SECTION.interpretation,
  [
    {
      name: 'data lines are joined with LF',
      rule: 'Append the field value to the data buffer, then append a single LF.',
      chunks: ['data: a\ndata: b\ndata: c\n\n'],
      events: [['a\nb\nc']],
    },
    {
      name: 'one LF is dropped at the end of the data, no more',
      rule: "If the data buffer's last character is an LF, remove the last character.",
      chunks: ['data: a\ndata:\ndata\n\n'],
      events: [['a\n\n']],
    },
    {
      name: 'leading empty data lines stay',
      rule: 'Every data line appends its value and an LF, empty ones too.',
      chunks: ['data:\ndata: a\n\n'],
      events: [['\na']],
    },
    {
      name: 'an empty data field dispatches an event with empty data',
      rule: 'Only a block whose data buffer is empty dispatches nothing; a data line leaves an LF in it.',
      chunks: ['data:\n\ndata\n\ndata: \n\n'],
      events: [[''], [''], ['']],
    },
    {
      name: 'a block without data dispatches nothing',
      rule: 'If the data buffer is an empty string, set the event type buffer to the empty string and return.',
      chunks: ['event: x\n\nid: 1\n\nretry: 5\n\nfoo\n\n\n\n'],
      events: [],
    },
    {
      name: 'data does not leak into the next block',
      rule: 'Set the data buffer to the empty string once the event is made.',
      chunks: ['data: a\n\nevent: x\n\ndata: b\n\n'],
      events: [['a'], ['b']],
    },
    {
      name: 'data keeps every other character',
      rule: 'any-char is any scalar value but CR, LF and colon; NUL is one.',
      chunks: ['data: a\0b\u0001\u007F\uFFFE\n\n'],
      events: [['a\0b\u0001\u007F\uFFFE']],
    },
    {
      name: 'data is text',
      rule: 'The data is a string: nothing is counted, unquoted or parsed.',
      chunks: ['data: "a"\n\ndata: 007\n\ndata: {"a": [1]}\n\ndata: null\n\ndata: a\\nb%20&amp;\n\n'],
      events: [['"a"'], ['007'], ['{"a": [1]}'], ['null'], ['a\\nb%20&amp;']],
    },
  ],
]
