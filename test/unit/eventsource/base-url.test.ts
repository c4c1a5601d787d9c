import { afterEach, expect, it, vi } from 'vitest'
import { EventSource } from '../../../src/eventsource/event-source.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

function urlOf(url: unknown): string {
  const source = new EventSource(url as string)
  source.close()
  return source.url
}

it('resolves against the base of the document, which a base element may change', () => {
  vi.stubGlobal('location', { href: 'http://page.example/a/b' })
  vi.stubGlobal('document', { baseURI: 'http://base.example/c/d' })
  expect(urlOf('x?y')).toBe('http://base.example/c/x?y')
})

it('resolves against the script of a worker', () => {
  vi.stubGlobal('location', { href: 'http://page.example/a/worker.js' })
  expect(urlOf('x')).toBe('http://page.example/a/x')
  expect(urlOf('')).toBe('http://page.example/a/worker.js')
  expect(urlOf(1)).toBe('http://page.example/a/1')
  expect(urlOf(null)).toBe('http://page.example/a/null')
  expect(urlOf(undefined)).toBe('http://page.example/a/undefined')
  expect(urlOf('//other.example/z')).toBe('http://other.example/z')
})

it('cannot resolve against a blob', () => {
  vi.stubGlobal('location', { href: 'blob:http://page.example/5b4c' })
  expect(() => urlOf('x')).toThrow(expect.objectContaining({ name: 'SyntaxError', code: 12 }))
})
