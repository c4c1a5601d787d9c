import { SECTION } from '../sections.js'
import type { StreamGroup } from './stream-case.js'

export const EVENT_TYPE: StreamGroup = [
  SECTION.interpretation,
  [
    {
      name: 'the event field sets the type',
      rule: 'If the event type buffer has a value other than the empty string, the type is that value.',
      chunks: ['event: add\ndata: a\n\ndata: b\nevent: remove\n\n'],
      events: [
        ['a', 'add'],
        ['b', 'remove'],
      ],
    },
    {
      name: 'the type does not leak into the next block',
      rule: 'Set the event type buffer to the empty string once the event is made.',
      chunks: ['event: x\ndata: a\n\ndata: b\n\n'],
      events: [['a', 'x'], ['b']],
    },
    {
      name: 'the type of a block without data does not leak',
      rule: 'If the data buffer is empty, set the event type buffer to the empty string as well.',
      chunks: ['event: x\n\ndata: a\n\n'],
      events: [['a']],
    },
    {
      name: 'an empty event field resets the type',
      rule: 'Set the event type buffer to the field value; where that is empty the type is "message".',
      chunks: ['event: x\nevent:\ndata: a\n\nevent: x\nevent\ndata: b\n\n'],
      events: [['a'], ['b']],
    },
    {
      name: 'the last event field of a block counts',
      rule: 'Set the event type buffer to the field value.',
      chunks: ['event: x\nevent: y\ndata: a\n\n'],
      events: [['a', 'y']],
    },
    {
      name: 'a type may be any text',
      rule: 'The event type is the value as it stands.',
      chunks: ['event: __proto__\ndata: a\n\nevent: toString\ndata: b\n\nevent:  é \ndata: c\n\n'],
      events: [
        ['a', '__proto__'],
        ['b', 'toString'],
        ['c', ' é '],
      ],
    },
  ],
]

export const ID: StreamGroup = [
  SECTION.interpretation,
  [
    {
      name: 'the id field sets the last event ID',
      rule: 'Set the last event ID string of the event source to the last event ID buffer, at the blank line.',
      chunks: ['id: 1\ndata: a\n\ndata: b\nid: 2\n\nid: 3\nid: 4\ndata: c\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', '2'],
        ['c', 'message', '4'],
      ],
    },
    {
      name: 'the last event ID persists',
      rule: 'The last event ID buffer is not reset between blocks.',
      chunks: ['id: 1\ndata: a\n\ndata: b\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', '1'],
      ],
    },
    {
      name: 'an empty id field resets the last event ID',
      rule: 'Set the last event ID buffer to the field value, empty or not.',
      chunks: ['id: 1\ndata: a\n\nid:\ndata: b\n\nid: 2\ndata: c\n\nid\ndata: d\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', ''],
        ['c', 'message', '2'],
        ['d', 'message', ''],
      ],
    },
    {
      name: 'an id without data takes effect',
      rule: 'The last event ID string is set before the data buffer is looked at.',
      chunks: ['id: 7\n\ndata: a\n\nid\n\ndata: b\n\n'],
      events: [
        ['a', 'message', '7'],
        ['b', 'message', ''],
      ],
    },
    {
      name: 'an id that holds NUL is ignored',
      rule: 'If the field value does not contain U+0000 NULL, set the last event ID buffer. Otherwise, ignore the field.',
      chunks: ['id: 1\ndata: a\n\nid: 2\0\ndata: b\n\nid: \0\ndata: c\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', '1'],
        ['c', 'message', '1'],
      ],
    },
    {
      name: 'an id is text',
      rule: 'The last event ID is a string: nothing is counted, trimmed or parsed.',
      chunks: ['id: 007\ndata: a\n\nid: 0\ndata: b\n\nid:  1e3 \ndata: c\n\nid: ü€😀\ndata: d\n\n'],
      events: [
        ['a', 'message', '007'],
        ['b', 'message', '0'],
        ['c', 'message', ' 1e3 '],
        ['d', 'message', 'ü€😀'],
      ],
    },
  ],
]

export const RETRY: StreamGroup = [
  SECTION.interpretation,
  [
    {
      name: 'retry sets the reconnection time',
      rule: 'If the field value consists of only ASCII digits, it is the reconnection time, base ten.',
      chunks: ['retry: 2500\n\nretry:0\ndata: a\n\nretry: 010\n\n'],
      events: [['a']],
      retries: [2500, 0, 10],
    },
    {
      name: 'a retry that is not all ASCII digits is ignored',
      rule: 'If the field value consists of only ASCII digits ... Otherwise, ignore the field.',
      chunks: [
        'retry: 1s\nretry: -1\nretry: +1\nretry: 1.5\nretry: 1e3\nretry:  5\nretry: 5 \nretry: 0x10\nretry: ٣\n\n',
      ],
      events: [],
      retries: [],
    },
    {
      name: 'an empty retry is ignored',
      rule: 'An empty value is not a number.',
      chunks: ['retry:\nretry: \nretry\n\n'],
      events: [],
      retries: [],
    },
  ],
]

export const END: StreamGroup = [
  SECTION.interpretation,
  [
    {
      name: 'an unfinished block at the end is dropped',
      rule: 'Once the end of the file is reached, any pending data must be discarded.',
      chunks: ['data: a\n\nid: 2\nevent: x\ndata: b\n'],
      events: [['a']],
      unfinished: true,
    },
    {
      name: 'an unfinished line at the end is dropped',
      rule: 'If the file ends before the final empty line, the incomplete event is not dispatched.',
      chunks: ['data: a\n\ndata: b'],
      events: [['a']],
      unfinished: true,
    },
    {
      name: 'a stream may hold nothing',
      rule: 'stream = [ bom ] *event',
      chunks: [''],
      events: [],
    },
    {
      name: 'an event comes as soon as its blank line ends',
      rule: 'If the line is empty: dispatch the event.',
      chunks: ['data: a\n', '\n'],
      events: [['a']],
      prompt: true,
    },
  ],
]
