/**
 * Lets text beyond the crop box of a page count as its text. pdf.js leaves it out, and has no option for that: in its
 * thread a page's `view`, which it works out once and keeps by `Object.defineProperty`, is made the media box. That this
 * still holds is tested.
 */
export function readBeyondCropBox(): void {
  const { defineProperty } = Object;
  Object.defineProperty = <T>(target: T, key: PropertyKey, descriptor: PropertyDescriptor): T => {
    const isView = key === 'view' && typeof target === 'object' && target !== null && 'mediaBox' in target;
    return defineProperty(target, key, isView ? { ...descriptor, value: target.mediaBox } : descriptor);
  };
}
