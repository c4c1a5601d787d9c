export const SUBPATHS: Record<string, string>
export function manifestPart(): object
export const commonJsManifest: object
export function stubs(): { folder: string; manifest: object }[]
export function stubFolders(): string[]
export function jsrExports(): Record<string, string>
