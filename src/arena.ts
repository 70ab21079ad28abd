/**
 * One piece of memory that JavaScript and WebAssembly both see. What is read into buffers lent from it needs no copy before
 * WebAssembly looks at it. Its size never changes, so that no view of it ever becomes void.
 */

/** What of the WebAssembly interface is used here (W3C, WebAssembly JavaScript Interface §5). */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const PAGE = 65_536;
/** 48 MiB: address space; the system gives memory only to pages that are written. */
const PAGES = 768;
/** Modules use the first bytes for their tables and results, and to copy what lies elsewhere. */
const OWN = 4 * PAGE;
/** Bytes between two buffers: WebAssembly reads up to this many behind what it was given. */
const GAP = 64;

const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });

/** All of the memory. */
export const ARENA: Uint8Array = new Uint8Array(memory.buffer);

/** What is lent out: nothing is taken back twice, or another one's room would be lent again. */
const lent = new WeakSet<Buffer>();
/** Free ranges in the order of their addresses. */
const free: { start: number; end: number }[] = [{ start: OWN, end: PAGES * PAGE - GAP }];

/** A buffer of `size` bytes, from the arena if it has room, else from elsewhere. Its bytes are not cleared. */
export function lend(size: number): Buffer {
  const at = free.findIndex(({ start, end }) => end - start >= size + GAP);
  const range = free[at];
  if (range === undefined) return Buffer.allocUnsafeSlow(size);
  const { start } = range;
  range.start += size + GAP;
  if (range.start === range.end) free.splice(at, 1);
  const buffer = Buffer.from(memory.buffer, start, size);
  lent.add(buffer);
  return buffer;
}

/** Takes a lent buffer back: nobody may use it from then on. What is not lent, or no longer, is left alone. */
export function giveBack(buffer: Buffer): void {
  if (!lent.delete(buffer)) return;
  const start = buffer.byteOffset;
  const end = start + buffer.length + GAP;
  let at = free.findIndex((range) => range.start >= end);
  if (at < 0) at = free.length;
  const before = free[at - 1];
  const behind = free[at];
  if (before?.end === start && behind?.start === end) {
    before.end = behind.end;
    free.splice(at, 1);
  } else if (before?.end === start) before.end = end;
  else if (behind?.start === end) behind.start = start;
  else free.splice(at, 0, { start, end });
}

/** Starts a module that works on this memory; what it exports. @throws WebAssembly.CompileError, a sign of a broken install. */
export function startModule(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
}
