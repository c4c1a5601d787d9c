// The only global that wire, parser and encoder may use. Read by tsconfig.pure.json alone.
declare class TextDecoder {
  constructor(label?: string, options?: { ignoreBOM?: boolean })
  decode(input?: Uint8Array, options?: { stream?: boolean }): string
}
