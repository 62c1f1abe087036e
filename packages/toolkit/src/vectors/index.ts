export {
  binarySimilarity,
  dequantizeInt8,
  hammingDistance,
  int8Similarity,
  quantizeBinary,
  quantizeInt8,
  shorten,
  type Int8Vector,
} from './quantize.ts';
